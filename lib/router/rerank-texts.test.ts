import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ScriptedUpstream, startScriptedUpstream } from "../../e2e/scripted-upstream/start.ts";
import { parseConfig } from "./config/parse-config.ts";
import type { UsageAttempt } from "./queries/usage-attempts.ts";
import { type RerankDeps, rerankingModel, rerankTexts } from "./rerank-texts.ts";
import { until } from "./test-router.ts";
import { createUpstreams } from "./upstreams/create-upstreams.ts";

const QUERY = "which pump was replaced";
const TEXTS = ["nothing of the sort", "the pump was replaced", "a pump", "which pump was replaced in May"];
const principal = { orgId: "org", userId: "user" };

let upstream: ScriptedUpstream;
const usage: UsageAttempt[] = [];

function configOf(model: string, address = upstream.url) {
  return parseConfig(
    `upstreams: { gpu: { kind: vllm, baseUrl: "${address}/v1", apiKey: { env: KEY }, metricsIntervalMs: 0 } }
models: [{ name: ranker, kind: rerank, upstream: gpu, upstreamModel: ${model}, price: { input: 1 } }]`,
    { file: "vouch.yaml", readSecret: () => "key" },
  );
}

function depsFor(model: string, more: Partial<RerankDeps> = {}, address = upstream.url): RerankDeps {
  const config = configOf(model, address);
  return {
    config,
    upstreams: createUpstreams(config, { paceMs: 0, isWatched: false }).upstreams,
    usage: { record: (row) => usage.push(row), size: 0, flush: async () => 0 },
    ...more,
  };
}

beforeAll(async () => {
  upstream = await startScriptedUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.ledger.clear();
  usage.length = 0;
});

describe("texts are reranked in one call", () => {
  test("that gives each its score in the order of the texts, whatever the order of the results", async () => {
    const { scores, model } = await rerankTexts(QUERY, TEXTS, { principal }, depsFor("rank"));
    expect(scores).toEqual([0, 0.75, 0.25, 1]);
    expect(model).toBe("ranker");
    expect(upstream.ledger.entries.map(({ body }) => body)).toEqual([
      { model: "rank", query: QUERY, documents: TEXTS, top_n: 4 },
    ]);
    expect(usage).toMatchObject([
      { endpoint: "rerank", outcome: "complete", promptTokens: 32, usageEstimated: false, costMicros: 32 },
    ]);
  });

  test("and paid as reported also where all tokens are counted under another name", async () => {
    await rerankTexts(QUERY, TEXTS, { principal }, depsFor("rank_totalOnly"));
    expect(usage).toMatchObject([{ promptTokens: 32, usageEstimated: false }]);
  });

  test("and equal texts get equal scores", async () => {
    const { scores } = await rerankTexts(QUERY, ["a pump", "a pump", "a pump"], {}, depsFor("rank"));
    expect(scores).toEqual([0.25, 0.25, 0.25]);
  });

  test("but nobody is asked about no texts", async () => {
    expect(await rerankTexts(QUERY, [], { principal }, depsFor("rank"))).toEqual({
      scores: [],
      model: "ranker",
    });
    expect(upstream.ledger.entries).toHaveLength(0);
    expect(usage).toEqual([]);
  });
});

describe("an answer that is not one score for each text is no answer", () => {
  test.each([
    ["fewer results than texts", "rank_rankShort"],
    ["one text twice and another not at all", "rank_rankTwice"],
    ["indexes counted from 1", "rank_rankBeyond"],
    ["scores that are no numbers", "rank_rankWords"],
    ["a page of a proxy", "rank_html"],
  ])("%s", async (_what, model) => {
    const asked = rerankTexts(QUERY, TEXTS, { principal }, depsFor(model));
    await expect(asked).rejects.toMatchObject({ code: "model_failed" });
    expect(upstream.ledger.entries).toHaveLength(1);
    expect(usage).toMatchObject([{ outcome: "failed" }]);
  });

  test("a result too many", async () => {
    // The server adds an index of its own to all that were asked for.
    const deps = depsFor("rank");
    const [gpu] = deps.upstreams.values();
    if (gpu === undefined) throw new Error("no upstream");
    const generous = {
      ...gpu,
      request: async (...call: Parameters<typeof gpu.request>) => {
        const reply = await gpu.request(...call);
        const results = [...(reply.json.results as object[]), { index: 4, relevance_score: 1 }];
        return { ...reply, json: { ...reply.json, results } };
      },
    };
    const asked = rerankTexts(QUERY, TEXTS, {}, { ...deps, upstreams: new Map([["gpu", generous]]) });
    await expect(asked).rejects.toMatchObject({ code: "model_failed" });
  });
});

describe("a reranker in trouble is asked once", () => {
  test.each([
    ["that is busy", "e429_ra10", "rate_limited"],
    ["that fails", "e500", "model_failed"],
    ["that refuses the request", "e400", "model_failed"],
    ["that refuses our key", "e401", "model_failed"],
    ["that cuts the connection", "rank_rst0", "model_failed"],
  ])("%s", async (_what, model, code) => {
    await expect(rerankTexts(QUERY, TEXTS, { principal }, depsFor(model))).rejects.toMatchObject({ code });
    expect(upstream.ledger.entries).toHaveLength(1);
    expect(usage).toMatchObject([{ outcome: "failed" }]);
  });

  test("that is silent is given up after its time, and told so", async () => {
    const asked = rerankTexts(QUERY, TEXTS, { principal }, depsFor("rank_stall0", { timeoutMs: 50 }));
    await expect(asked).rejects.toMatchObject({ code: "model_timeout" });
    await until(() => upstream.ledger.entries[0]?.isAborted === true, "the upstream is told");
    expect(usage).toMatchObject([{ outcome: "failed", status: 504 }]);
  });

  test("that is not there costs nothing", async () => {
    const gone = await startScriptedUpstream();
    await gone.close();
    const asked = rerankTexts(QUERY, TEXTS, { principal }, depsFor("rank", {}, gone.url));
    await expect(asked).rejects.toMatchObject({ code: "model_failed" });
    expect(usage).toMatchObject([{ outcome: "failed", promptTokens: 0, costMicros: 0 }]);
  });
});

describe("a caller that stops", () => {
  test("gets its own reason, the upstream is told, and the attempt counts as cancelled", async () => {
    const stop = new AbortController();
    const asked = rerankTexts(QUERY, TEXTS, { principal, signal: stop.signal }, depsFor("rank_stall0"));
    await until(() => upstream.ledger.entries.length === 1, "the upstream is asked");
    stop.abort(new Error("the reader left"));
    await expect(asked).rejects.toThrow("the reader left");
    await until(() => upstream.ledger.entries[0]?.isAborted === true, "the upstream is told");
    expect(usage).toMatchObject([{ outcome: "cancelled" }]);
  });

  test("before anything began asks nobody", async () => {
    const signal = AbortSignal.abort(new Error("the reader left"));
    await expect(rerankTexts(QUERY, TEXTS, { principal, signal }, depsFor("rank"))).rejects.toThrow(
      "the reader left",
    );
    expect(upstream.ledger.entries).toHaveLength(0);
    expect(usage).toEqual([]);
  });
});

test("the model is the first configured one of another program, or the one named", async () => {
  const deps = depsFor("rank");
  expect(rerankingModel(deps.config)).toBe("ranker");
  expect(rerankingModel(parseConfig("", { file: "vouch.yaml", readSecret: () => undefined }))).toBeNull();
  await expect(rerankTexts(QUERY, TEXTS, { model: "absent" }, deps)).rejects.toMatchObject({
    code: "model_unknown",
  });
});
