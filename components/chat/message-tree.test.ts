import { expect, test } from "vitest";
import { defaultLeafId, newestLeafBelow, pathToLeaf, siblingIds } from "@/components/chat/message-tree.ts";
import type { StoredMessage } from "@/lib/chat/schema.ts";

function message(id: string, parentId: string | null, second: number): StoredMessage {
  const role = id.startsWith("q") ? "user" : "assistant";
  const createdAt = `2026-06-01T00:00:${String(second).padStart(2, "0")}.000Z`;
  return { id, parentId, role, parts: [], createdAt };
}

/** q1 has two answers; the first is asked on (q2), and q1 was also edited (q1b). */
const TREE = [
  message("q1", null, 1),
  message("a1", "q1", 2),
  message("a2", "q1", 3),
  message("q2", "a1", 4),
  message("a3", "q2", 5),
  message("q1b", null, 6),
];

test("the path runs from the root to the leaf", () => {
  expect(pathToLeaf(TREE, "a3").map((step) => step.id)).toEqual(["q1", "a1", "q2", "a3"]);
  expect(pathToLeaf(TREE, "nowhere")).toEqual([]);
  expect(pathToLeaf(TREE, null)).toEqual([]);
});

test("a circle in the data ends the walk", () => {
  const circle = [message("a", "b", 1), message("b", "a", 2)];
  expect(pathToLeaf(circle, "a").map((step) => step.id)).toEqual(["b", "a"]);
});

test("siblings are the versions of one message, oldest first", () => {
  expect(siblingIds(TREE, "a2")).toEqual(["a1", "a2"]);
  expect(siblingIds(TREE, "q1b")).toEqual(["q1", "q1b"]);
  expect(siblingIds(TREE, "nowhere")).toEqual([]);
});

test("switching to a version shows its newest continuation", () => {
  expect(newestLeafBelow(TREE, "a1")).toBe("a3");
  expect(newestLeafBelow(TREE, "q1")).toBe("a2");
  expect(defaultLeafId(TREE)).toBe("q1b");
  expect(defaultLeafId([])).toBeNull();
});
