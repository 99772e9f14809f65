import { expect, test } from "vitest";
import { KeptText } from "./kept-text.ts";

test("the kept text is the pieces in their order, torn characters and all", () => {
  const pieces = ["Hello", "", " é漢", "😀".slice(0, 1), "😀".slice(1), "\u0000", "x".repeat(5_000), "\n"];
  const kept = new KeptText();
  for (const piece of pieces) kept.append(piece);
  expect(kept.toString()).toBe(pieces.join(""));
  expect(kept.length).toBe(pieces.join("").length);
});

test("a text that was cleared is empty and can grow again", () => {
  const kept = new KeptText();
  expect([kept.toString(), kept.length]).toEqual(["", 0]);
  kept.append("one");
  kept.clear();
  expect([kept.toString(), kept.length]).toEqual(["", 0]);
  kept.append("two");
  expect(kept.toString()).toBe("two");
});
