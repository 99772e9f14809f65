import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type ScriptedUpstream, startScriptedUpstream } from "../../e2e/scripted-upstream/start.ts";
import { parseConfig } from "./config/parse-config.ts";
import type { LimitDemand, LimitUse, Reservation } from "./limits/limiter.ts";
import { limitReached } from "./limits/refusals.ts";
import { unlimited } from "./limits/unlimited.ts";
import type { UsageAttempt } from "./queries/usage-attempts.ts";
import { createUpstreams } from "./upstreams/create-upstreams.ts";
import { type WriteDeps, writeText, writingModel } from "./write-text.ts";

let upstream: ScriptedUpstream;
const usage: UsageAttempt[] = [];
const waits: number[] = [];
const principal = { orgId: "org", userId: "user" };
const prompt = { instructions: "Write.", input: "About pumps." };
const options = { principal, maxOutputTokens: 50 };

function configOf(...deployments: readonly string[]) {
  const targets = deployments
    .map((deployment) => `{ upstream: azure, deployment: ${deployment} }`)
    .join(", ");
  const text = [
    "upstreams:",
    `  azure: { kind: azure, endpoint: "${upstream.url}", apiKey: { env: KEY }, apiVersion: v1 }`,
    `models: [{ name: writer, kind: chat, targets: [${targets}], price: { input: 1, output: 2 } }]`,
  ].join("\n");
  return parseConfig(text, { file: "vouch.yaml", readSecret: () => "key" });
}

function depsFor(...deployments: readonly string[]): WriteDeps {
  const config = configOf(...deployments);
  return {
    config,
    upstreams: createUpstreams(config, { paceMs: 0, isWatched: false }).upstreams,
    usage: { record: (row) => usage.push(row), size: 0, flush: async () => 0 },
    limiter: unlimited,
    sleep: async (milliseconds) => void waits.push(milliseconds),
  };
}

beforeAll(async () => {
  upstream = await startScriptedUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => {
  usage.length = 0;
  waits.length = 0;
});

test("the built-in model only quotes: the model that writes is another one, or none", () => {
  const builtin = parseConfig("", { file: "vouch.yaml", readSecret: () => undefined });
  expect(writingModel(builtin)).toBeNull();
  expect(writingModel(configOf("mock"))).toBe("writer");
});

test("a text is written in one piece and paid for", async () => {
  await expect(writeText(prompt, options, depsFor("mock_n3"))).resolves.toBe("tok0 tok1 tok2 ");
  const [row, ...more] = usage;
  expect(more).toEqual([]);
  expect(row).toMatchObject({
    ...principal,
    endpoint: "chat/completions",
    model: "writer",
    outcome: "complete",
    completionTokens: 3,
  });
  expect(row?.costMicros).toBe((row?.promptTokens ?? 0) + 6);
});

test("a busy model is asked again after the time it names, each try a row", async () => {
  await writeText(prompt, options, depsFor("mock_e429_ra700_f2"));
  expect(waits).toEqual([700, 700]);
  expect(usage.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [1, "failed"],
    [2, "failed"],
    [3, "complete"],
  ]);
});

test("another place of the model is asked at once when the first fails", async () => {
  await expect(writeText(prompt, options, depsFor("mock_e500_n1", "mock_n2"))).resolves.toBe("tok0 tok1 ");
  expect(waits).toEqual([]);
});

test("what fails for good says how: refused, away, too busy, unknown, stopped", async () => {
  const fails = (deps: WriteDeps, more = {}) => writeText(prompt, { ...options, ...more }, deps);
  await expect(fails(depsFor("mock_e400_n5"))).rejects.toMatchObject({ code: "model_refused" });
  expect(upstream.ledger.callsOf("mock_e400_n5")).toBe(1);
  await expect(fails(depsFor("mock_e503_n5"))).rejects.toMatchObject({ code: "model_failed" });
  expect(upstream.ledger.callsOf("mock_e503_n5")).toBe(3);
  await expect(fails(depsFor("mock_e429_ras120"))).rejects.toMatchObject({ code: "rate_limited" });
  await expect(fails(depsFor("mock"), { model: "absent" })).rejects.toMatchObject({ code: "model_unknown" });
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(fails(depsFor("mock"), { signal })).rejects.toThrow("stopped");
});

test("limits of the payer hold: what was taken is settled, a spent budget ends it without a call", async () => {
  const demands: LimitDemand[] = [];
  const settled: LimitUse[] = [];
  const reservation: Reservation = { headers: {}, settle: (use) => settled.push(use), release: () => {} };
  const counting = (_owner: unknown, demand: LimitDemand) => {
    demands.push(demand);
    return reservation;
  };
  await writeText(prompt, options, { ...depsFor("mock_n4"), limiter: { reserve: counting } });
  expect(demands).toMatchObject([{ model: "writer", maxCompletionTokens: 50, isStream: false }]);
  const [row] = usage;
  const tokens = (row?.promptTokens ?? 0) + (row?.completionTokens ?? 0);
  expect(settled).toMatchObject([{ tokens, costMicros: row?.costMicros }]);
  const subject = { orgId: "org", type: "user", id: "user" } as const;
  const refusing = (name: "monthlyBudgetMicros" | "requestsPerMinute", retryAfterMs: number) => () => {
    throw limitReached(subject, name, { limit: 5, units: 1, retryAfterMs, headers: {} });
  };
  const spent = { ...depsFor("mock_n9"), limiter: { reserve: refusing("monthlyBudgetMicros", 0) } };
  await expect(writeText(prompt, options, spent)).rejects.toMatchObject({ code: "budget_spent" });
  expect(waits).toEqual([]);
  const often = { ...depsFor("mock_n9"), limiter: { reserve: refusing("requestsPerMinute", 900) } };
  await expect(writeText(prompt, options, often)).rejects.toMatchObject({ code: "budget_spent" });
  expect(waits).toEqual([900, 900]);
  expect(upstream.ledger.callsOf("mock_n9")).toBe(0);
});
