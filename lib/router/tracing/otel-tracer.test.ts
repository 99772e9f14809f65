import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TestHttpServer } from "../upstreams/health/test-http-server.ts";
import { loadTracer } from "./load-tracer.ts";
import { createOtelTracer } from "./otel-tracer.ts";
import type { RouterTracer, TracedAttempt, TracedRequest } from "./request-trace.ts";
import { attributesOf, type ExportedSpan, spansOf, startTestCollector } from "./test-collector.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER_SPAN = "00f067aa0ba902b7";

const chat: TracedRequest = {
  endpoint: "chat/completions",
  model: "gpt",
  requestId: "req-1",
  isStream: true,
};
const azure: TracedAttempt = {
  attempt: 1,
  upstream: "azure-west",
  upstreamKind: "azure",
  baseUrl: "https://west.openai.azure.com",
  upstreamModel: "gpt-ptu",
};
const vllm: TracedAttempt = {
  attempt: 2,
  upstream: "gpu",
  upstreamKind: "vllm",
  baseUrl: "http://10.0.0.7:8000/v1",
  upstreamModel: "llama",
};

let collector: TestHttpServer;
let tracer: RouterTracer;

beforeEach(async () => {
  collector = await startTestCollector();
  tracer = createOtelTracer({ url: `${collector.url}/v1/traces`, sampleShare: 1, version: "1.2.3" });
});
afterEach(async () => {
  await tracer.close();
  await collector.close();
});

/** Closes the tracer and reads what the collector got. */
async function exported(): Promise<ExportedSpan[]> {
  await tracer.close();
  return spansOf(collector);
}

test("a request and its attempts become spans of one trace, with the names of the conventions", async () => {
  const request = tracer.begin(chat);
  const first = request.attempt(azure);
  first.end({ outcome: "failed", errorType: "first_token_timeout" });
  const second = request.attempt(vllm);
  second.firstToken();
  const usage = { promptTokens: 12, cachedTokens: 4, completionTokens: 7, firstTokenMs: 250 };
  second.answer({ id: "chatcmpl-1", model: "llama-3", choices: [{ delta: { content: "a" } }] });
  second.answer({ id: "chatcmpl-1", model: "llama-3", choices: [{ delta: {}, finish_reason: "stop" }] });
  second.end({ outcome: "complete", status: 200, ...usage });
  request.end({
    outcome: "complete",
    status: 200,
    attempts: 2,
    costMicros: 31,
    decision: "latency",
    ...usage,
  });
  const spans = await exported();
  const byName = new Map(spans.map((span) => [span.name, span]));
  const [whole, failed, good] = [
    byName.get("chat gpt"),
    byName.get("chat gpt-ptu"),
    byName.get("chat llama"),
  ];
  expect(spans).toHaveLength(3);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect([failed?.parentSpanId, good?.parentSpanId]).toEqual([whole?.spanId, whole?.spanId]);
  // SERVER is 2, CLIENT is 3; the status ERROR is 2.
  expect([whole?.kind, failed?.kind, good?.kind]).toEqual([2, 3, 3]);
  expect([whole?.status.code, failed?.status.code, good?.status.code]).toEqual([0, 2, 0]);
  expect(good?.events.map(({ name }) => name)).toEqual(["gen_ai.first_token"]);
  expect(attributesOf(failed)).toEqual({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "azure.ai.openai",
    "gen_ai.request.model": "gpt-ptu",
    "gen_ai.request.stream": true,
    "server.address": "west.openai.azure.com",
    "server.port": 443,
    "vouch.upstream": "azure-west",
    "vouch.attempt": 1,
    "vouch.outcome": "failed",
    "error.type": "first_token_timeout",
  });
  expect(attributesOf(good)).toMatchObject({
    "gen_ai.provider.name": "vllm",
    "server.address": "10.0.0.7",
    "server.port": 8000,
    "gen_ai.usage.input_tokens": 12,
    "gen_ai.usage.cache_read.input_tokens": 4,
    "gen_ai.usage.output_tokens": 7,
    "gen_ai.response.model": "llama-3",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.response.time_to_first_chunk": 0.25,
    "http.response.status_code": 200,
  });
  expect(attributesOf(whole)).toMatchObject({
    "gen_ai.request.model": "gpt",
    "http.route": "/v1/chat/completions",
    "vouch.request_id": "req-1",
    "vouch.attempts": 2,
    "vouch.cost_micros": 31,
    "vouch.usage.output_tokens": 7,
    "vouch.route.decision": "latency",
  });
  // Adding up all spans must not count the answer twice.
  expect(Object.keys(attributesOf(whole)).filter((name) => name.startsWith("gen_ai.usage"))).toEqual([]);
});

test("the caller's trace goes on here and at the upstream", async () => {
  const request = tracer.begin({ ...chat, traceparent: `00-${TRACE}-${CALLER_SPAN}-01` });
  const attempt = request.attempt(azure);
  attempt.end({ outcome: "complete" });
  request.end({ outcome: "complete" });
  const spans = await exported();
  const span = spans.find(({ name }) => name === "chat gpt-ptu");
  expect(spans.map(({ traceId }) => traceId)).toEqual([TRACE, TRACE]);
  expect(spans.find(({ name }) => name === "chat gpt")?.parentSpanId).toBe(CALLER_SPAN);
  expect(attempt.headers).toEqual({ traceparent: `00-${TRACE}-${span?.spanId}-01` });
});

test("a caller that does not sample is not traced here, and says so to the upstream", async () => {
  const request = tracer.begin({ ...chat, traceparent: `00-${TRACE}-${CALLER_SPAN}-00` });
  const attempt = request.attempt(azure);
  attempt.firstToken();
  attempt.end({ outcome: "complete" });
  request.end({ outcome: "complete" });
  expect(attempt.headers.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  expect(await exported()).toEqual([]);
});

test("a share of 0 traces only what callers trace", async () => {
  await tracer.close();
  tracer = createOtelTracer({ url: `${collector.url}/v1/traces`, sampleShare: 0, version: "1" });
  tracer.begin(chat).end({ outcome: "complete" });
  tracer.begin({ ...chat, traceparent: `00-${TRACE}-${CALLER_SPAN}-01` }).end({ outcome: "complete" });
  expect((await exported()).map(({ traceId }) => traceId)).toEqual([TRACE]);
});

test("what an upstream says is kept as a plain word or not at all", async () => {
  const request = tracer.begin(chat);
  const text = "Dear Ms Smith, your diagnosis is";
  const attempt = request.attempt(azure);
  attempt.answer({ id: text, model: text, choices: [{ finish_reason: text }, { finish_reason: "stop" }] });
  attempt.end({ outcome: "complete", spilledFrom: text });
  request.end({ outcome: "complete" });
  const spans = await exported();
  expect(JSON.stringify(spans)).not.toContain("Smith");
  expect(attributesOf(spans[0])["gen_ai.response.finish_reasons"]).toEqual(["_OTHER", "stop"]);
});

test("the events of the Responses interface are understood as well", async () => {
  const request = tracer.begin({ ...chat, endpoint: "responses" });
  const attempt = request.attempt(azure);
  const response = { id: "resp_1", model: "gpt-5", output: [] };
  attempt.answer({ type: "response.created", response: { ...response, status: "in_progress" } });
  attempt.answer({ type: "response.completed", response: { ...response, status: "completed" } });
  attempt.end({ outcome: "complete" });
  request.end({ outcome: "complete" });
  const spans = await exported();
  expect(attributesOf(spans[0])).toMatchObject({
    "gen_ai.response.id": "resp_1",
    "gen_ai.response.model": "gpt-5",
    "gen_ai.response.finish_reasons": ["completed"],
  });
});

test("refusals the client brought about, and clients that leave, are no failures", async () => {
  tracer.begin(chat).end({ outcome: "failed", status: 429, errorType: "rate_limit_exceeded" });
  tracer.begin(chat).end({ outcome: "cancelled", status: 499 });
  tracer.begin(chat).end({ outcome: "failed", status: 503, errorType: "no_target" });
  expect((await exported()).map(({ status }) => status.code)).toEqual([0, 0, 2]);
});

test("a span ends once", async () => {
  const request = tracer.begin(chat);
  request.end({ outcome: "complete" });
  request.end({ outcome: "failed" });
  const spans = await exported();
  expect(spans.map((span) => attributesOf(span)["vouch.outcome"])).toEqual(["complete"]);
});

test("a collector that is away costs spans, not answers, nor the end of the program", async () => {
  tracer = createOtelTracer({
    url: "http://127.0.0.1:1/v1/traces",
    sampleShare: 1,
    version: "1",
    gatherMs: 1,
  });
  for (let count = 0; count < 5_000; count += 1) tracer.begin(chat).end({ outcome: "complete" });
  await tracer.close();
});

test("without a collector there is no tracer, and nothing of OpenTelemetry is loaded", () => {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { loadTracer } = await import(${JSON.stringify(new URL("./load-tracer.ts", import.meta.url).href)});
    const tracer = await loadTracer();
    console.log(JSON.stringify({ hasTracer: tracer !== undefined, otel: loaded.filter((url) => url.includes("opentelemetry")).length }));
  `;
  const run = (env: Record<string, string>) =>
    JSON.parse(
      execFileSync(process.execPath, ["--input-type=module", "-e", script], {
        encoding: "utf8",
        env: { NODE_ENV: "test", ...env },
      }),
    );
  expect(run({})).toEqual({ hasTracer: false, otel: 0 });
  const traced = run({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  expect(traced.hasTracer).toBe(true);
  expect(traced.otel).toBeGreaterThan(0);
});

test("the common address gets the path of traces, the one for traces stands as it is", async () => {
  const settings = { OTEL_TRACES_SAMPLER_ARG: 1, version: "1" };
  const first = await loadTracer({ ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/otlp/` });
  first?.begin(chat).end({ outcome: "complete" });
  await first?.close();
  const second = await loadTracer({
    ...settings,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/here`,
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/otlp`,
  });
  second?.begin(chat).end({ outcome: "complete" });
  await second?.close();
  expect(collector.seen.map(({ path }) => path)).toEqual(["/otlp/v1/traces", "/here"]);
  expect(collector.seen[0]?.headers["content-type"]).toContain("application/json");
});
