import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chatBody, chunksOf, postRaw, type RawAnswer, textOf } from "../test-client.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";
import { inOrder, plainText, stream } from "./scenario.ts";

/** What a second upstream may do with an answer that a first one began. */
const manners = ["", "_contRestart", "_contRepeat", "_contPreamble", "_contPreambleRepeat"];

/** Where sentences are cut: between them, inside them, inside words, after the last token. */
const places = [1, 2, 5, 7, 9, 13, 14, 15, 22, 23, 30, 41, 59, 60];

const proseModels = manners.flatMap((manner) =>
  places.map((at) => [`prose${manner}-${at}`, `mock_prose_n60_rst${at}`, `mock_prose_n60${manner}`] as const),
);

/** Azure's models begin a turn of their own; sentences are cut here in all the same places. */
const azureModels = ["_contTurn", "_contRestart", "_contRepeat", "_contPreamble"].flatMap((manner) =>
  places.map((at) => [`azure${manner}-${at}`, `mock_prose_n60_rst${at}`, `mock_prose_n60${manner}`] as const),
);

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    models: ["mock_prose_n60", "mock_i5_n20_rst3"],
    upstreams: [
      "  gpu: { kind: vllm, baseUrl: UPSTREAM2, metricsIntervalMs: 0 }",
      "  azure: { kind: azure, endpoint: UPSTREAM2, apiKey: { env: KEY }, apiVersion: '2024-10-21' }",
    ].join("\n"),
    modelEntries: [
      ...manners.map((manner) => inOrder(`plain${manner}`, "mock_i5_n20_rst3_a", `mock_i5_n20${manner}`)),
      ...proseModels.map(([name, first, second]) => inOrder(name, first, second)),
      ...azureModels.map(([name, first, second]) =>
        inOrder(name, first, second).replace("second,", "azure,"),
      ),
      inOrder("then-tool", "mock_i5_n20_rst3_m", "mock_tool_i5_n20_rst3", "fallbacks: [three-more]"),
      inOrder("other-words", "mock_prose_n60_rst40_b", "mock_prose_n60_contDiverge"),
      inOrder("off", "mock_i5_n20_rst3_c", "mock_n20_c", "continuation: false"),
      inOrder("tool", "mock_tool_n0_i20_rst3", "mock_tool_n0_d"),
      inOrder("thought", "mock_reasoning_n9_i5_rst1", "mock_reasoning_n9"),
      inOrder("late-cut", "mock_i5_n20_rst20", "mock_n20_e"),
      `  - name: to-vllm
    kind: chat
    policy: weighted
    targets:
      - { upstream: scripted, upstreamModel: mock_i5_n20_rst3_g, weight: 1 }
      - { upstream: gpu, upstreamModel: mock_n20_g, weight: 0 }`,
      `  - name: three
    kind: chat
    policy: weighted
    fallbacks: [ three-more ]
    targets:
      - { upstream: scripted, upstreamModel: mock_i5_n20_rst3_h, weight: 1 }
      - { upstream: second, upstreamModel: mock_i5_n20_rst4_h, weight: 0 }`,
      "  - { name: three-more, kind: chat, upstream: second, upstreamModel: mock_n20_h }",
      `  - name: second-refuses
    kind: chat
    policy: weighted
    fallbacks: [ three-more ]
    targets:
      - { upstream: scripted, upstreamModel: mock_i5_n20_rst3_k, weight: 1 }
      - { upstream: second, upstreamModel: mock_e503, weight: 0 }`,
    ].join("\n"),
    settings: "breaker: { failures: 1000 }",
  });
});
beforeEach(() => {
  router.upstream.ledger.clear();
  router.upstream2.ledger.clear();
});
afterAll(() => router.close());

/** One answer from one model, as far as a client can tell. */
function expectOneAnswer(answer: RawAnswer): void {
  const chunks = chunksOf(answer) as { id?: string; model?: string; choices?: { delta?: object }[] }[];
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  expect(new Set(chunks.map(({ model }) => model)).size).toBe(1);
  expect(chunks.filter((chunk) => "role" in (chunk.choices?.[0]?.delta ?? {}))).toHaveLength(1);
  const finishes = chunksOf(answer).flatMap(({ choices }) => choices?.[0]?.finish_reason ?? []);
  expect(finishes).toEqual(["stop"]);
  expect(answer.events.at(-1)).toBe("[DONE]");
}

describe("an answer reset after three tokens is continued by the second target", () => {
  for (const manner of manners) {
    test(`${manner === "" ? "that goes on exactly" : `in the manner of ${manner.slice(1)}`}: nothing is missing, nothing twice`, async () => {
      const answer = await stream(router, `plain${manner}`, { stream_options: { include_usage: true } });
      expect(textOf(answer)).toBe(plainText(20));
      expectOneAnswer(answer);
      const resumed = ": vouch-resumed attempts=2 upstream=second resumed_at=15\n\n";
      expect(answer.text).toContain(resumed);
      expect(answer.text.indexOf(resumed)).toBeLessThan(answer.text.indexOf('"finish_reason":"stop"'));
    });
  }

  test("which is given the conversation and, as the assistant's, what the client has", async () => {
    await stream(router, "plain");
    expect(router.upstream2.ledger.entries[0]?.body).toMatchObject({
      model: "mock_i5_n20",
      messages: [
        { role: "user", content: "one two three four" },
        { role: "assistant", content: expect.stringMatching(/^tok0 tok1 tok2 ?$/) },
      ],
    });
  });

  test("and the client's usage is the sum, each attempt a row of money of its own", async () => {
    const answer = await stream(router, "plain", { stream_options: { include_usage: true } });
    const [first, second] = router.usage.slice(-2);
    expect(first).toMatchObject({
      attempt: 1,
      outcome: "interrupted",
      completionTokens: 3,
      upstream: "scripted",
    });
    expect(second).toMatchObject({
      attempt: 2,
      outcome: "complete",
      completionTokens: 17,
      upstream: "second",
    });
    expect(first?.requestId).toBe(second?.requestId);
    const usages = chunksOf(answer).flatMap(({ usage }) => usage ?? []);
    expect(usages).toMatchObject([
      {
        prompt_tokens: (first?.promptTokens ?? 0) + (second?.promptTokens ?? 0),
        completion_tokens: 20,
      },
    ]);
  });
});

test("sentences cut anywhere are joined without a word lost or told twice, whatever the second model does", async () => {
  const names = [...proseModels, ...azureModels].map(([name]) => name);
  const [expected, ...answers] = await Promise.all(
    ["mock_prose_n60", ...names].map((name) => stream(router, name)),
  );
  const text = expected === undefined ? "" : textOf(expected);
  expect(text.split(" ").length).toBeGreaterThan(40);
  const wrong = names.flatMap((name, index) => {
    const answer = answers[index];
    const told = answer === undefined ? "" : textOf(answer);
    return told === text && answer?.events.at(-1) === "[DONE]" ? [] : [[name, told]];
  });
  expect(wrong).toEqual([]);
});

test("a model that tells the answer anew in other words is not joined: the answer ends as interrupted", async () => {
  const answer = await stream(router, "other-words");
  expect(chunksOf(answer).at(-1)?.error?.code).toBe("stream_interrupted");
  expect(textOf(answer)).not.toContain("second thoughts");
});

test("a continuation that is cut in turn is continued by a third target", async () => {
  const answer = await stream(router, "three");
  expect(textOf(answer)).toBe(plainText(20));
  expectOneAnswer(answer);
  expect(answer.text).toContain("attempts=3");
  expect(router.usage.slice(-3).map(({ completionTokens }) => completionTokens)).toEqual([3, 4, 13]);
});

test("when the second target refuses, the third continues, and the refusal costs nothing", async () => {
  const answer = await stream(router, "second-refuses", { stream_options: { include_usage: true } });
  expect(textOf(answer)).toBe(plainText(20));
  const rows = router.usage.slice(-3);
  expect(rows.map(({ completionTokens }) => completionTokens)).toEqual([3, 0, 17]);
  const sum = rows.reduce((total, row) => total + row.promptTokens, 0);
  expect(chunksOf(answer).find(({ usage }) => usage !== undefined)?.usage).toMatchObject({
    prompt_tokens: sum,
    completion_tokens: 20,
  });
});

test("vLLM is told to go on with the last message instead of beginning a turn", async () => {
  const answer = await stream(router, "to-vllm", { max_tokens: 50 });
  expect(textOf(answer)).toBe(plainText(20));
  expect(router.upstream2.ledger.entries[0]?.body).toMatchObject({
    continue_final_message: true,
    add_generation_prompt: false,
    max_tokens: 47,
  });
});

test("an answer cut after its last word gets its end from the second target and no more text", async () => {
  const answer = await stream(router, "late-cut");
  expect(textOf(answer)).toBe(plainText(20));
  expectOneAnswer(answer);
});

test("an answer of which only thoughts were shown is asked for again", async () => {
  const answer = await stream(router, "thought");
  expect(textOf(answer)).toBe(plainText(9));
  expectOneAnswer(answer);
});

test("a tool call that a continuation began is continued by nobody", async () => {
  const answer = await stream(router, "then-tool");
  expect(chunksOf(answer).at(-1)?.error?.code).toBe("stream_interrupted");
  expect(router.usage.slice(-2).map(({ outcome }) => outcome)).toEqual(["interrupted", "interrupted"]);
});

describe("nothing is continued", () => {
  const schema = { type: "object", properties: { first: { type: "string" }, second: { type: "string" } } };
  const format = { type: "json_schema", json_schema: { name: "x", schema } };
  const cases: readonly [what: string, model: string, body: object, headers: Record<string, string>][] = [
    ["when the model says so", "off", {}, {}],
    ["when the request says so", "plain", {}, { "x-vouch-continuation": "off" }],
    ["of several choices", "plain", { n: 2 }, {}],
    ["that follows a schema", "plain", { response_format: format }, {}],
    ["after a tool call has begun", "tool", {}, {}],
  ];
  for (const [what, model, body, headers] of cases) {
    test(what, async () => {
      const answer = await postRaw(
        `${router.baseUrl}/chat/completions`,
        chatBody(model, { stream: true, ...body }),
        { headers },
      );
      expect(answer.status).toBe(200);
      expect(chunksOf(answer).at(-1)?.error?.code).toBe("stream_interrupted");
      expect(answer.events).not.toContain("[DONE]");
      expect(router.upstream2.ledger.entries).toHaveLength(0);
    });
  }
});
