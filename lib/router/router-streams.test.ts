import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chatBody, chunksOf, metricSum, postRaw, textOf } from "./test-client.ts";
import { startTestRouter, type TestRouter, until } from "./test-router.ts";

const models = [
  "mock_n5",
  "mock_n5_crlf",
  "mock_n5_bom_nospace",
  "mock_n5_multi",
  "mock_n5_comments",
  "mock_n5_one",
  "mock_n4_utf",
  "mock_big1",
  "mock_n5_bad",
  "mock_n5_azf",
  "mock_n5_noUsage",
  "mock_n5_reasoning",
  "mock_n5_reasoningOld",
  "mock_tool_n0",
  "mock_n5_noDone",
  "mock_n5_doneOnly",
  "mock_i5_n20_rst3",
  "mock_i5_n20_end3",
  "mock_i5_n20_fin3",
  "mock_i5_n20_stall3",
  "mock_i5_n20_err3",
  "mock_azf_err0",
  "mock_rst0",
  "mock_end0",
  "mock_stall0",
  "mock_html",
  "e429_ra700",
  "e500",
  "e503_ras2",
  "e401",
  "e400",
  "mock_cf",
  "e429_ra700_f1",
];

let router: TestRouter;
const chatUrl = () => `${router.baseUrl}/chat/completions`;
const stream = (model: string, more: object = {}) =>
  postRaw(chatUrl(), chatBody(model, { stream: true, ...more }));
const plainText = "tok0 tok1 tok2 tok3 tok4 ";

beforeAll(async () => {
  router = await startTestRouter({
    models,
    timeouts: "firstTokenMs: 400, betweenTokensMs: 300",
    settings: "retries: { max: 0 }",
  });
});
afterAll(() => router.close());

describe("framing", () => {
  for (const model of [
    "mock_n5",
    "mock_n5_crlf",
    "mock_n5_bom_nospace",
    "mock_n5_multi",
    "mock_n5_comments",
    "mock_n5_one",
  ]) {
    test(`a stream framed as ${model} arrives whole, as plain events`, async () => {
      const answer = await stream(model);
      expect(answer.status).toBe(200);
      expect(answer.headers["content-type"]).toMatch(/^text\/event-stream/);
      expect(answer.headers["cache-control"]).toContain("no-transform");
      expect(textOf(answer)).toBe(plainText);
      expect(answer.events.at(-1)).toBe("[DONE]");
      const contents = chunksOf(answer).map((chunk) => [
        chunk.choices?.[0]?.delta,
        chunk.choices?.[0]?.finish_reason,
      ]);
      expect(contents).toEqual([
        [{ role: "assistant", content: "" }, null],
        ...[0, 1, 2, 3, 4].map((index) => [{ content: `tok${index} ` }, null]),
        [{}, "stop"],
      ]);
    });
  }

  test("characters split over segments are never torn", async () => {
    const answer = await stream("mock_n4_utf");
    expect(textOf(answer)).toBe([0, 1, 2, 3].map((index) => `tok${index}é漢😀 `).join(""));
    expect(answer.text).not.toContain("\uFFFD");
  });

  test("a line of 300 kB passes", async () => {
    const answer = await stream("mock_big1");
    expect(textOf(answer)).toHaveLength(300_000);
    expect(answer.events.at(-1)).toBe("[DONE]");
  });

  test("one broken line is left out and counted, the rest arrives", async () => {
    const dropped = () => metricSum("vouch_router_dropped_events_total");
    const before = await dropped();
    const answer = await stream("mock_n5_bad");
    expect(textOf(answer)).toBe(plainText);
    expect(answer.events.at(-1)).toBe("[DONE]");
    expect(await dropped()).toBe(before + 1);
  });

  test("Azure's first chunk passes unchanged and is not the first token", async () => {
    const [first] = chunksOf(await stream("mock_n5_azf"));
    expect(first).toMatchObject({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] });
  });

  test("reasoning arrives under both of its names, whichever the upstream uses", async () => {
    for (const model of ["mock_n5_reasoning", "mock_n5_reasoningOld"]) {
      const deltas = chunksOf(await stream(model)).map((chunk) => chunk.choices?.[0]?.delta);
      expect(deltas).toContainEqual({ reasoning: "Let me ", reasoning_content: "Let me " });
      expect(deltas).toContainEqual({ reasoning: "think.", reasoning_content: "think." });
    }
    const whole = await postRaw(chatUrl(), chatBody("mock_n5_reasoning"));
    expect(JSON.parse(whole.text).choices[0].message).toMatchObject({
      reasoning: "Let me think.",
      reasoning_content: "Let me think.",
    });
  });

  test("fragments of parallel tool calls arrive byte for byte", async () => {
    const calls = chunksOf(await stream("mock_tool_n0")).flatMap(
      (chunk) => chunk.choices?.[0]?.delta?.tool_calls ?? [],
    );
    for (const index of [0, 1]) {
      const fragments = calls.filter((call) => call.index === index).map((call) => call.function.arguments);
      expect(fragments).toEqual(["", '{"na', 'me":"', 'x"}']);
    }
  });
});

describe("usage chunk", () => {
  test("is asked for upstream always and taken out for clients that did not ask", async () => {
    const answer = await stream("mock_n5");
    expect(chunksOf(answer).some((chunk) => chunk.usage !== undefined)).toBe(false);
    expect(router.upstream.ledger.entries.at(-1)?.body).toMatchObject({
      stream_options: { include_usage: true },
    });
  });

  test("arrives once, after the finish and before [DONE], for clients that asked", async () => {
    const answer = await stream("mock_n5", { stream_options: { include_usage: true } });
    expect(answer.events.at(-1)).toBe("[DONE]");
    const withUsage = chunksOf(answer).filter((chunk) => chunk.usage !== undefined);
    expect(withUsage).toEqual([chunksOf(answer).at(-1)]);
    expect(withUsage[0]).toMatchObject({ choices: [], usage: { prompt_tokens: 4, completion_tokens: 5 } });
  });

  test("becomes a row of money with the price of cached tokens", async () => {
    await stream("mock_n5");
    expect(router.usage.at(-1)).toMatchObject({
      outcome: "complete",
      status: 200,
      promptTokens: 4,
      cachedTokens: 1,
      completionTokens: 5,
      usageEstimated: false,
      costMicros: 3 * 2 + 1 * 1 + 5 * 10,
    });
  });

  test("is estimated from the prompt and the deltas when the upstream never sends it", async () => {
    await stream("mock_n5_noUsage");
    expect(router.usage.at(-1)).toMatchObject({
      outcome: "complete",
      completionTokens: 5,
      usageEstimated: true,
    });
    expect(router.usage.at(-1)?.promptTokens).toBeGreaterThan(0);
  });
});

describe("a stream that is not whole", () => {
  for (const model of [
    "mock_i5_n20_rst3",
    "mock_i5_n20_end3",
    "mock_i5_n20_fin3",
    "mock_i5_n20_stall3",
    "mock_i5_n20_err3",
    "mock_n5_doneOnly",
  ]) {
    test(`never looks whole: ${model}`, async () => {
      const answer = await stream(model);
      expect(answer.status).toBe(200);
      expect(answer.isWholeHttp).toBe(true);
      expect(answer.events).not.toContain("[DONE]");
      const chunks = chunksOf(answer);
      expect(chunks.at(-1)?.error).toMatchObject({ type: "upstream_error", code: "stream_interrupted" });
      expect(chunks.every((chunk) => (chunk.choices?.[0]?.finish_reason ?? null) === null)).toBe(true);
      expect(textOf(answer)).toBe(model === "mock_n5_doneOnly" ? plainText : "tok0 tok1 tok2 ");
      expect(router.usage.at(-1)).toMatchObject({ outcome: "interrupted", attempt: 1 });
      expect(router.upstream.ledger.callsOf(model)).toBe(1);
    });
  }

  test("is whole when every choice finished and only [DONE] is missing", async () => {
    const answer = await stream("mock_n5_noDone");
    expect(textOf(answer)).toBe(plainText);
    expect(answer.events.at(-1)).toBe("[DONE]");
  });

  test("a stalled upstream is let go", async () => {
    await stream("mock_i5_n20_stall3");
    await until(
      () => router.upstream.ledger.entries.at(-1)?.isAborted === true,
      "the upstream saw the connection close",
    );
  });
});

describe("an error before any output is a real HTTP error", () => {
  const cases: [model: string, status: number, code: string][] = [
    ["mock_azf_err0", 502, "upstream_error"],
    ["mock_rst0", 502, "upstream_error"],
    ["mock_end0", 502, "upstream_error"],
    ["mock_stall0", 504, "upstream_timeout"],
    ["mock_html", 502, "upstream_error"],
    ["e500", 502, "upstream_error"],
    ["e503_ras2", 503, "upstream_overloaded"],
    ["e401", 502, "upstream_auth_failed"],
  ];
  for (const [model, status, code] of cases) {
    test(`${model} gives ${status} ${code}`, async () => {
      const answer = await stream(model);
      expect(answer.status).toBe(status);
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      expect(JSON.parse(answer.text)).toEqual({
        error: { message: expect.stringContaining("scripted"), type: "upstream_error", param: null, code },
      });
      expect(answer.headers["x-vouch-upstream"]).toBe("scripted");
      expect(answer.headers["x-vouch-attempts"]).toBe("1");
      expect(answer.headers["x-request-id"]).toBeTruthy();
    });
  }

  test("429 passes with the upstream's body and both forms of its wait", async () => {
    const answer = await stream("e429_ra700");
    expect(answer.status).toBe(429);
    expect(answer.headers["retry-after-ms"]).toBe("700");
    expect(answer.headers["retry-after"]).toBe("1");
    expect(JSON.parse(answer.text).error.message).toBe("Scripted status 429.");
    expect(router.upstream.ledger.callsOf("e429_ra700")).toBe(1);
  });

  test("503 passes its retry-after", async () => {
    expect((await stream("e503_ras2")).headers["retry-after"]).toBe("2");
  });

  test("Azure's content filter refusal keeps its inner error", async () => {
    const answer = await postRaw(chatUrl(), chatBody("mock_cf"));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).error).toMatchObject({
      code: "content_filter",
      innererror: { content_filter_result: { violence: { filtered: true } } },
    });
  });

  test("a refused attempt costs nothing", async () => {
    await stream("e400");
    expect(router.usage.at(-1)).toMatchObject({
      outcome: "failed",
      status: 400,
      promptTokens: 0,
      costMicros: 0,
      usageEstimated: false,
    });
  });
});
