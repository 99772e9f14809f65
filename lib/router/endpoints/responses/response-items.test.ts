import { expect, test } from "vitest";
import { ResponseItemMemory } from "./response-items.ts";

const message = (id: string, text = "") => ({
  id,
  type: "message",
  content: [{ type: "output_text", text }],
});
const ada = { orgId: "o", userId: "ada" };

test("a caller finds the items of its responses, and nobody else's", () => {
  const memory = new ResponseItemMemory();
  memory.of(ada).keep([message("msg_1"), { id: "rs_1", type: "reasoning" }]);
  expect(memory.of(ada).find("msg_1")).toMatchObject({ id: "msg_1" });
  expect(memory.of(ada).find("rs_1")).toBeUndefined();
  expect(memory.of({ orgId: "o", userId: "bob" }).find("msg_1")).toBeUndefined();
  expect(memory.of({ orgId: "p", userId: "ada" }).find("msg_1")).toBeUndefined();
});

test("items are forgotten after their time", () => {
  let now = 0;
  const memory = new ResponseItemMemory({ maxBytes: 10_000, ttlMs: 100 }, { now: () => now });
  memory.of(ada).keep([message("msg_1")]);
  now = 100;
  expect(memory.of(ada).find("msg_1")).toBeDefined();
  now = 101;
  expect(memory.of(ada).find("msg_1")).toBeUndefined();
});

test("memory is bounded: the oldest items go first, and one too large is not kept", () => {
  const memory = new ResponseItemMemory({ maxBytes: 5_000, ttlMs: 1_000 }, { now: () => 0 });
  const items = memory.of(ada);
  for (let at = 0; at < 20; at += 1) items.keep([message(`msg_${at}`, "x".repeat(500))]);
  const found = Array.from({ length: 20 }, (_, at) => items.find(`msg_${at}`) !== undefined);
  expect(found.at(-1)).toBe(true);
  expect(found[0]).toBe(false);
  expect(found.filter(Boolean).length).toBeLessThanOrEqual(5);
  items.keep([message("msg_large", "x".repeat(10_000))]);
  expect(items.find("msg_large")).toBeUndefined();
});
