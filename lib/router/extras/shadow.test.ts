import { describe, expect, test, vi } from "vitest";
import { metricsText } from "../../platform/metrics.ts";
import { createShadow, isSampled, type ShadowResult } from "./shadow.ts";

const real = { completionTokens: 50, totalMs: 10 };
const ids = Array.from({ length: 10_000 }, (_, index) => `request-${index}`);

async function copiesOf(model: string, outcome: string): Promise<number> {
  const { text } = await metricsText();
  const name = `vouch_router_shadow_copies_total{model="${model}",outcome="${outcome}"} `;
  return Number(
    text
      .split("\n")
      .find((line) => line.startsWith(name))
      ?.slice(name.length) ?? 0,
  );
}

describe("the sample", () => {
  test("is about the share asked for, and the same every time", () => {
    const taken = ids.filter((id) => isSampled(id, 0.1));
    expect(taken.length).toBeGreaterThan(850);
    expect(taken.length).toBeLessThan(1_150);
    expect(ids.filter((id) => isSampled(id, 0.1))).toEqual(taken);
    expect(ids.some((id) => isSampled(id, 0))).toBe(false);
    expect(ids.every((id) => isSampled(id, 1))).toBe(true);
  });
});

describe("a copy", () => {
  test("begins after the turn that offered it, and its failure is nobody's error", async () => {
    const shadow = createShadow({ model: "fails", share: 1 });
    const copy = vi.fn(() => Promise.reject(new Error("no")));
    shadow.offer({ requestId: "1", ...real, copy });
    shadow.offer({
      requestId: "2",
      ...real,
      copy: () => {
        throw new Error("at once");
      },
    });
    expect(copy).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(shadow.size).toBe(0));
    expect(copy).toHaveBeenCalledOnce();
    expect(await copiesOf("fails", "failed")).toBe(2);
  });

  test("is left out when too many run", async () => {
    const shadow = createShadow({ model: "busy", share: 1, maxConcurrent: 2 });
    const waiting = Promise.withResolvers<ShadowResult>();
    for (const requestId of ["1", "2", "3"])
      shadow.offer({ requestId, ...real, copy: () => waiting.promise });
    expect(shadow.size).toBe(2);
    waiting.resolve({ completionTokens: 100 });
    await vi.waitFor(() => expect(shadow.size).toBe(0));
    expect(await copiesOf("busy", "skipped")).toBe(1);
    expect(await copiesOf("busy", "complete")).toBe(2);
  });

  test("is ended when it takes too long, and when the router closes", async () => {
    const endless = (signal: AbortSignal) =>
      new Promise<ShadowResult>((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      );
    const slow = createShadow({ model: "slow", share: 1, timeoutMs: 10 });
    slow.offer({ requestId: "1", ...real, copy: endless });
    await vi.waitFor(() => expect(slow.size).toBe(0));
    expect(await copiesOf("slow", "timeout")).toBe(1);
    const closing = createShadow({ model: "closing", share: 1 });
    closing.offer({ requestId: "1", ...real, copy: endless });
    await closing.close();
    expect(closing.size).toBe(0);
    closing.offer({ requestId: "2", ...real, copy: endless });
    expect(closing.size).toBe(0);
  });

  test("is compared with the real answer in time and size only", async () => {
    const shadow = createShadow({ model: "compared", share: 1 });
    shadow.offer({
      requestId: "1",
      completionTokens: 50,
      totalMs: 10,
      copy: async () => ({ completionTokens: 100 }),
    });
    await vi.waitFor(() => expect(shadow.size).toBe(0));
    const { text } = await metricsText();
    expect(text).toContain('vouch_router_shadow_size_ratio_sum{model="compared"} 2');
    expect(text).toContain('vouch_router_shadow_time_ratio_count{model="compared"} 1');
  });
});
