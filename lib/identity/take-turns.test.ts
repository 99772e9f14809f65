import { describe, expect, it } from "vitest";
import { createTurns } from "./take-turns.ts";

describe("taking turns", () => {
  it("runs as many as may at once, the others in their order, and refuses the rest", async () => {
    const takeTurn = createTurns({ runningMax: 2, waitingMax: 3 });
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const results = Array.from({ length: 7 }, (_, index) =>
      takeTurn(async () => {
        started.push(index);
        await new Promise<void>((resolve) => finish.push(resolve));
        return index;
      }).catch((error: { code: string }) => error.code),
    );
    expect(started).toEqual([0, 1]);
    for (let index = 0; index < 5; index += 1) {
      finish[index]?.();
      await results[index];
      await Promise.resolve();
    }
    expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 4, "rate_limited", "rate_limited"]);
    expect(started).toEqual([0, 1, 2, 3, 4]);
  });

  it("goes on after work that failed", async () => {
    const takeTurn = createTurns({ runningMax: 1, waitingMax: 1 });
    const failed = takeTurn(() => Promise.reject(new Error("broken")));
    const next = takeTurn(async () => "done");
    await expect(failed).rejects.toThrow("broken");
    expect(await next).toBe("done");
    expect(await takeTurn(async () => "again")).toBe("again");
  });
});
