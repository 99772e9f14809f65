import { describe, expect, test } from "vitest";
import { newId } from "../shared/ids.ts";
import { noteAccessChange } from "./access-changes.ts";
import { KeyCheck } from "./key-check.ts";
import type { Principal } from "./schema.ts";

const principal: Principal = {
  orgId: newId(),
  userId: newId(),
  name: "Ann",
  email: null,
  role: "member",
  isGuest: false,
  via: "key",
  scopes: ["models"],
};

/** A check over a database of one key that can be revoked, and a clock that stands until it is moved. */
function createCheck() {
  const world = { nowMs: 0, answer: principal as Principal | null, lookUps: 0, error: undefined as unknown };
  const check = new KeyCheck({
    nowMs: () => world.nowMs,
    find: async () => {
      world.lookUps += 1;
      const { answer, error } = world;
      await Promise.resolve();
      if (error !== undefined) throw error;
      return answer;
    },
  });
  return { world, check };
}

describe("a checked key", () => {
  test("is answered from memory, without a promise", async () => {
    const { world, check } = createCheck();
    expect(await check.find("a")).toEqual(principal);
    world.nowMs = 900;
    expect(check.find("a")).toBe(principal);
    expect(world.lookUps).toBe(1);
  });

  test("that was revoked in another process is refused after two seconds at most", async () => {
    const { world, check } = createCheck();
    await check.find("a");
    world.answer = null;
    world.nowMs = 2_001;
    expect(await check.find("a")).toBeNull();
  });

  test("is looked up again in passing after one second, so that nobody waits", async () => {
    const { world, check } = createCheck();
    await check.find("a");
    world.answer = null;
    world.nowMs = 1_001;
    expect(check.find("a")).toBe(principal);
    await Promise.resolve();
    await expect.poll(() => check.find("a")).toBeNull();
  });

  test("that was revoked in this process is refused at once, whatever is being looked up", async () => {
    const { world, check } = createCheck();
    await check.find("a");
    world.nowMs = 1_500;
    check.find("a");
    world.answer = null;
    noteAccessChange();
    expect(await check.find("a")).toBeNull();
    expect(await check.find("a")).toBeNull();
  });

  test("that is not good is looked up every time", async () => {
    const { world, check } = createCheck();
    world.answer = null;
    expect(await check.find("a")).toBeNull();
    world.answer = principal;
    expect(await check.find("a")).toEqual(principal);
  });

  test("is looked up once for all who ask at the same time", async () => {
    const { world, check } = createCheck();
    await Promise.all(Array.from({ length: 64 }, () => check.find("a")));
    expect(world.lookUps).toBe(1);
  });

  test("stays good for its two seconds while the database is away, then callers see the error", async () => {
    const { world, check } = createCheck();
    await check.find("a");
    world.error = new Error("away");
    world.nowMs = 1_500;
    expect(check.find("a")).toBe(principal);
    world.nowMs = 2_001;
    await expect(async () => check.find("a")).rejects.toThrow("away");
  });

  test("is forgotten when thousands of others come after it", async () => {
    const { world, check } = createCheck();
    await check.find("a");
    for (let other = 0; other < 4_096; other += 1) await check.find(String(other));
    await check.find("a");
    expect(world.lookUps).toBe(1 + 4_096 + 1);
  });
});
