import { describe, expect, test } from "vitest";
import { parseConfig } from "../config/parse-config.ts";
import { type Candidate, chooseCandidate } from "./choose-target.ts";
import { TargetBook, type UpstreamLoad } from "./target-state.ts";

const breaker = { failures: 5, openMs: 1000, maxOpenMs: 1000 };

/** Candidates by weight, with a book on a clock of its own. */
function candidatesOf(weights: readonly number[], loads: readonly (UpstreamLoad | undefined)[] = []) {
  const clock = { nowMs: 0 };
  const book = new TargetBook(breaker, () => clock.nowMs);
  const targets = weights.map(
    (weight, index) => `{ upstream: u, upstreamModel: m${index}, weight: ${weight} }`,
  );
  const text = `upstreams: { u: { kind: vllm, baseUrl: "http://127.0.0.1:1" } }\nmodels: [{ name: m, kind: chat, targets: [${targets}] }]`;
  const config = parseConfig(text, { file: "vouch.yaml", readSecret: () => "" });
  const candidates: Candidate[] = (config.models.get("m")?.targets ?? []).map((target, index) => ({
    target,
    state: book.of(target),
    load: loads[index],
  }));
  return { candidates, clock };
}

/** Numbers in [0, 1) from a small generator, the same in every run. */
function numbers(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function sharesOf(
  candidates: readonly Candidate[],
  policy: "latency" | "weighted" | "affinity",
  preferredKey?: string,
) {
  const random = numbers();
  const counts = new Map(candidates.map((candidate) => [candidate, 0]));
  for (let draw = 0; draw < 4000; draw += 1) {
    const chosen = chooseCandidate(candidates, { policy, preferredKey, random });
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
  }
  return [...counts.values()].map((count) => count / 4000);
}

test("weights give each target its share, a canary of 5 % included; weight 0 gets none", () => {
  const [large = 0, canary = 0, none] = sharesOf(candidatesOf([95, 5, 0]).candidates, "weighted");
  expect(large).toBeCloseTo(0.95, 1);
  expect(canary).toBeGreaterThan(0.035);
  expect(canary).toBeLessThan(0.065);
  expect(none).toBe(0);
});

describe("the latency policy", () => {
  test("prefers the target that answers sooner, and the idle one among equals", () => {
    const { candidates } = candidatesOf([1, 1]);
    candidates[0]?.state.begin().firstToken(400);
    candidates[1]?.state.begin().firstToken(50);
    expect(sharesOf(candidates, "latency")[1]).toBe(1);
    const idle = candidatesOf([1, 1]).candidates;
    idle[0]?.state.begin();
    expect(sharesOf(idle, "latency")[1]).toBe(1);
  });

  test("counts one slow answer at once and forgets it while nobody asks", () => {
    const { candidates, clock } = candidatesOf([1, 1]);
    for (const { state } of candidates) state.begin().firstToken(100);
    candidates[0]?.state.begin().firstToken(5000);
    expect(candidates[0]?.state.expectedFirstTokenMs()).toBe(5000);
    clock.nowMs = 60_000;
    expect(candidates[0]?.state.expectedFirstTokenMs()).toBeLessThan(100);
  });

  test("sees the queue an upstream tells of, which other routers may have filled", () => {
    const busy = { running: 10, waiting: 20, cacheUse: 0.9 };
    const { candidates } = candidatesOf([1, 1], [busy, { running: 1, waiting: 0, cacheUse: 0.1 }]);
    expect(sharesOf(candidates, "latency")[1]).toBe(1);
  });
});

describe("the affinity policy", () => {
  test("stays with the target that served the conversation", () => {
    const { candidates } = candidatesOf([1, 1, 1]);
    expect(sharesOf(candidates, "affinity", candidates[2]?.state.key)).toEqual([0, 0, 1]);
  });

  test("leaves it when it is busier than one and a half times the mean", () => {
    const { candidates } = candidatesOf([1, 1, 1]);
    for (let count = 0; count < 10; count += 1) candidates[2]?.state.begin();
    expect(sharesOf(candidates, "affinity", candidates[2]?.state.key)[2]).toBe(0);
  });
});
