import { describe, expect, it } from "vitest";
import { isId, newId } from "./ids.ts";

describe("newId", () => {
  it("makes valid, distinct UUIDv7 values that sort in the order they were made", () => {
    const ids = Array.from({ length: 20_000 }, () => newId());
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every((id) => isId(id) && id[14] === "7")).toBe(true);
  });

  it("carries the creation time in its first 48 bits", () => {
    const future = Date.now() + 1_000_000;
    expect(Number.parseInt(newId(future).replaceAll("-", "").slice(0, 12), 16)).toBe(future);
  });
});
