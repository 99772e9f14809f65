import { describe, expect, it } from "vitest";
import { TurnQueue } from "./turn-queue.ts";

/** Serves takers that ask while another one has its turn, and tells the order. */
async function orderOf(asked: readonly string[]): Promise<string[]> {
  const turns = new TurnQueue((error) => {
    throw error;
  });
  const order: string[] = [];
  const done = Promise.withResolvers<void>();
  const taker = (name: string) => ({
    isReading: name.startsWith("read"),
    takeTurn: async () => {
      order.push(name);
      if (order.length === asked.length) done.resolve();
    },
  });
  await turns.runExclusive(async () => {
    for (const name of asked) turns.request(taker(name));
  });
  await done.promise;
  return order;
}

describe("turns at the engine", () => {
  it("go to readers first, otherwise in the order of asking", async () => {
    expect(await orderOf(["write 1", "write 2", "read 1", "write 3", "read 2"])).toEqual([
      "read 1",
      "read 2",
      "write 1",
      "write 2",
      "write 3",
    ]);
  });

  it("come to a writer after four readers at most", async () => {
    const readers = Array.from({ length: 7 }, (_, index) => `read ${index}`);
    const order = await orderOf(["write 1", "write 2", ...readers]);
    expect(order.indexOf("write 1")).toBe(4);
    expect(order.indexOf("write 2")).toBe(8);
  });
});
