import { afterEach, beforeEach, expect, test } from "vitest";
import { chatBody, postRaw, textOf } from "../test-client.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";
import type { TestHttpServer } from "../upstreams/health/test-http-server.ts";
import { createOtelTracer } from "./otel-tracer.ts";
import { attributesOf, spansOf, startTestCollector } from "./test-collector.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const SECRET_TEXT = "my diagnosis is confidential";

let collector: TestHttpServer;
let router: TestRouter;

beforeEach(async () => {
  collector = await startTestCollector();
  router = await startTestRouter({
    models: ["mock_n3", "mock_e400", "mock_n5_rst2"],
    second: true,
    upstreams:
      "  azure: { kind: azure, endpoint: UPSTREAM, apiKey: { env: AZURE_KEY }, apiVersion: '2024-10-21' }",
    modelEntries: [
      "  - { name: spilled, kind: chat, upstream: azure, deployment: mock_n3_spill }",
      "  - { name: pair, kind: chat, policy: weighted, price: { input: 1, output: 1 }, targets: [{ upstream: scripted, upstreamModel: mock_e503, weight: 1 }, { upstream: second, upstreamModel: mock_n3, weight: 0 }] }",
    ].join("\n"),
    settings: "retries: { max: 1 }\ncontinuation: false",
    tracer: createOtelTracer({ url: `${collector.url}/v1/traces`, sampleShare: 1, version: "1" }),
  });
});
afterEach(async () => {
  await router.close();
  await collector.close();
});

const ask = (model: string, more: object = {}) =>
  postRaw(
    `${router.baseUrl}/chat/completions`,
    chatBody(model, { messages: [{ role: "user", content: SECRET_TEXT }], ...more }),
    { headers: { traceparent: TRACEPARENT } },
  );

/** Closes the router, which sends the spans, and reads them in the order in which they began. */
async function spans() {
  await router.close();
  const all = spansOf(collector).map((span) => ({ ...span, attributes: attributesOf(span) }));
  const root = all.find(({ kind }) => kind === 2);
  const attempts = all
    .filter(({ kind }) => kind === 3)
    .sort(
      (left, right) => Number(left.attributes["vouch.attempt"]) - Number(right.attributes["vouch.attempt"]),
    );
  return { all, root, attempts };
}

test.each([true, false])("a failover is one trace with a span for each call (stream: %s)", async (stream) => {
  const answer = await ask("pair", { stream });
  expect(answer.status).toBe(200);
  const { root, attempts } = await spans();
  expect(root).toMatchObject({ traceId: TRACE, parentSpanId: "00f067aa0ba902b7", name: "chat pair" });
  expect(root?.attributes).toMatchObject({
    "vouch.outcome": "complete",
    "vouch.attempts": 2,
    "vouch.request_id": answer.headers["x-request-id"],
    "vouch.usage.output_tokens": 3,
  });
  expect(attempts.map(({ parentSpanId }) => parentSpanId)).toEqual([root?.spanId, root?.spanId]);
  expect(attempts[0]?.attributes).toMatchObject({
    "vouch.upstream": "scripted",
    "vouch.outcome": "failed",
    "error.type": "refused",
    "http.response.status_code": 503,
  });
  expect(attempts[1]?.attributes).toMatchObject({
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "mock_n3",
    "gen_ai.response.model": "mock_n3",
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.usage.output_tokens": 3,
    "server.address": "127.0.0.1",
    "vouch.outcome": "complete",
  });
  expect(attempts.map(({ status }) => status.code)).toEqual([2, 0]);
  expect(attempts[1]?.events.map(({ name }) => name)).toEqual(stream ? ["gen_ai.first_token"] : []);
  // Each upstream goes on with the span of its own call.
  const headers = [router.upstream, router.upstream2].map(
    ({ ledger }) => ledger.entries.at(-1)?.headers.traceparent,
  );
  expect(headers).toEqual(attempts.map(({ spanId }) => `00-${TRACE}-${spanId}-01`));
});

test("no text of a request or an answer is in a span", async () => {
  const answer = await ask("mock_n3", { stream: true });
  await ask("mock_e400");
  const { all } = await spans();
  expect(all.length).toBe(4);
  const sent = collector.seen.map(({ body }) => body).join("");
  expect(sent).not.toContain("diagnosis");
  expect(textOf(answer).length).toBeGreaterThan(0);
  for (const word of textOf(answer).trim().split(/\s+/)) expect(sent).not.toContain(`"${word}`);
});

test("an answer that breaks off is a failed span with what was seen of it", async () => {
  await ask("mock_n5_rst2", { stream: true });
  const { root, attempts } = await spans();
  expect([root?.status.code, attempts[0]?.status.code]).toEqual([2, 2]);
  expect(attempts[0]?.attributes).toMatchObject({
    "vouch.outcome": "interrupted",
    "error.type": "connection_cut",
    "vouch.usage.estimated": true,
  });
});

test.each([true, false])(
  "a call that Azure passed on is named, in header and span (stream: %s)",
  async (stream) => {
    const answer = await ask("spilled", { stream });
    expect(answer.headers["x-vouch-spillover"]).toBe("mock_n3_spill-ptu");
    expect((await ask("mock_n3", { stream })).headers["x-vouch-spillover"]).toBeUndefined();
    const { all } = await spans();
    const spilled = all.filter(({ attributes }) => "vouch.azure.spilled_from" in attributes);
    expect(spilled.map(({ attributes }) => attributes["vouch.azure.spilled_from"])).toEqual([
      "mock_n3_spill-ptu",
    ]);
  },
);
