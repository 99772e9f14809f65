import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chatBody, chunksOf, postRaw, textOf } from "../test-client.ts";
import { startTestRouter, type TestRouter, until } from "../test-router.ts";
import { inOrder, plainText, stream } from "./scenario.ts";

/** Every way of failing before the first output, and what a client is told when nobody else is there. */
const failures: readonly [script: string, status: number, code: string][] = [
  ["mock_azf_err0", 502, "upstream_error"],
  ["mock_rst0", 502, "upstream_error"],
  ["mock_end0", 502, "upstream_error"],
  ["mock_fin0", 502, "upstream_error"],
  ["mock_brk0", 502, "upstream_error"],
  ["mock_stall0", 504, "upstream_timeout"],
  ["mock_html", 502, "upstream_error"],
  ["mock_up60_err0", 502, "upstream_error"],
  ["e500", 502, "upstream_error"],
  ["e529", 503, "upstream_overloaded"],
  ["e503_ras20", 503, "upstream_overloaded"],
  ["e401", 502, "upstream_auth_failed"],
  ["e404", 502, "upstream_model_missing"],
];

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    models: [...failures.map(([script]) => script), "e400", "mock_up100_t2000_n2"],
    modelEntries: [
      ...failures.map(([script]) => inOrder(`two-${script}`, `${script}_two`, "mock_n5")),
      inOrder("both-fail", "e500_both", "mock_rst0_both"),
      inOrder("refused", "e400_two", "mock_n5"),
    ].join("\n"),
    timeouts: "firstTokenMs: 3000",
    settings: "retries: { max: 1, baseMs: 1, maxWaitMs: 1000 }",
    upstreams: "  hasty: { kind: openai, baseUrl: UPSTREAM/v1, timeouts: { firstTokenMs: 300 } }",
  });
});
beforeEach(() => {
  router.upstream.ledger.clear();
  router.upstream2.ledger.clear();
});
afterAll(() => router.close());

describe("an answer that fails before its first output", () => {
  for (const [script] of failures) {
    test(`${script} is asked for elsewhere, and the client sees nothing of it`, async () => {
      const answer = await stream(router, `two-${script}`);
      expect(answer.status).toBe(200);
      expect(textOf(answer)).toBe(plainText(5));
      expect(answer.events.at(-1)).toBe("[DONE]");
      expect([answer.headers["x-vouch-attempts"], answer.headers["x-vouch-upstream"]]).toEqual([
        "2",
        "second",
      ]);
      expect(answer.text).not.toContain("prompt_filter_results");
      const roles = chunksOf(answer).filter((chunk) => "role" in (chunk.choices?.[0]?.delta ?? {}));
      expect(roles).toHaveLength(1);
    });
  }

  for (const [script, status, code] of failures) {
    test(`${script} is a real HTTP error ${status} ${code} when there is nobody else`, async () => {
      const answer = await stream(router, script);
      expect(answer.status).toBe(status);
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      expect(JSON.parse(answer.text)).toEqual({
        error: { message: expect.stringContaining("scripted"), type: "upstream_error", param: null, code },
      });
      expect(answer.headers["x-vouch-upstream"]).toBe("scripted");
      expect(answer.headers["x-request-id"]).toBeTruthy();
    });
  }

  test("at every target is the last one's HTTP error", async () => {
    const answer = await stream(router, "both-fail");
    expect([answer.status, answer.headers["x-vouch-attempts"]]).toEqual([502, "2"]);
    expect(answer.headers["x-vouch-upstream"]).toBe("second");
    expect(JSON.parse(answer.text).error.code).toBe("upstream_error");
  });

  test("because the request is wrong is asked for nowhere else, and costs nothing", async () => {
    const answer = await stream(router, "refused");
    expect([answer.status, JSON.parse(answer.text).error.message]).toEqual([400, "Scripted status 400."]);
    expect(router.upstream2.ledger.entries).toHaveLength(0);
    expect(router.usage.at(-1)).toMatchObject({
      outcome: "failed",
      status: 400,
      promptTokens: 0,
      costMicros: 0,
      usageEstimated: false,
    });
  });
});

test("later attempts keep their start-up events back as the first does", async () => {
  const chain = await startTestRouter({
    second: true,
    models: ["mock_n5"],
    modelEntries: inOrder("chain", "e500", "mock_azf_up9_err0", "fallbacks: [mock_n5]"),
    settings: "retries: { max: 2, baseMs: 1 }",
  });
  const answer = await stream(chain, "chain");
  expect(textOf(answer)).toBe(plainText(5));
  expect(answer.headers["x-vouch-attempts"]).toBe("3");
  expect(chunksOf(answer)).toHaveLength(1 + 5 + 1);
  await chain.close();
});

test("no more than 64 start-up events are kept back: then the client gets them before any token", async () => {
  let tokensWhenSeen: number | undefined;
  const body = chatBody("mock_up100_t2000_n2", { stream: true });
  const answer = await postRaw(`${router.baseUrl}/chat/completions`, body, {
    onChunk: () => {
      tokensWhenSeen ??= router.upstream.ledger.entries[0]?.tokensSent;
    },
  });
  expect(tokensWhenSeen).toBe(0);
  expect(textOf(answer)).toBe(plainText(2));
});

test("a 503's wait is passed on when it is longer than anybody waits", async () => {
  const answer = await stream(router, "e503_ras20");
  expect(answer.status).toBe(503);
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(10);
  await until(() => router.router.stats().inFlight === 0, "nothing is in flight");
});
