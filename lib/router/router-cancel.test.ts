import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chatBody, metricSum, postRaw } from "./test-client.ts";
import { startTestRouter, TEST_KEY, type TestRouter, until } from "./test-router.ts";

const models = [
  "mock_t0_i20_n500",
  "mock_t3000_i20_n5",
  "mock_d3000",
  "mock_big100",
  "mock_n5",
  "mock_i20_n40",
];
let router: TestRouter;
const chatUrl = () => `${router.baseUrl}/chat/completions`;
const lastCall = () => router.upstream.ledger.entries.at(-1);

beforeAll(async () => {
  router = await startTestRouter({ models });
});
afterAll(() => router.close());

/** Sends a call and returns what leaves it. */
function call(body: object): { leave: () => void } {
  const headers = { authorization: `Bearer ${TEST_KEY}` };
  const request = httpRequest(chatUrl(), { method: "POST", headers, agent: false });
  request.on("error", () => {});
  request.on("response", (response) => response.on("error", () => {}).resume());
  request.end(JSON.stringify(body));
  return { leave: () => request.destroy() };
}

async function expectLetGo(): Promise<void> {
  await until(() => lastCall()?.isAborted === true, "the upstream's connection closed");
  await until(() => router.router.stats().inFlight === 0, "nothing is in flight");
  expect(await metricSum("vouch_router_in_flight_requests")).toBe(0);
}

describe("a client that leaves closes the upstream at once and is still billed", () => {
  test("in the middle of a stream", async () => {
    router.upstream.ledger.clear();
    const answer = await postRaw(chatUrl(), chatBody("mock_t0_i20_n500", { stream: true }), {
      onChunk: (text, destroy) => text.includes("tok1 ") && destroy(),
    });
    expect(answer.isWholeHttp).toBe(false);
    await expectLetGo();
    const sent = lastCall()?.tokensSent ?? 0;
    expect(sent).toBeLessThan(100);
    const row = router.usage.at(-1);
    expect(row).toMatchObject({ outcome: "cancelled", status: 499, usageEstimated: true });
    expect(row?.promptTokens).toBeGreaterThan(0);
    expect(row?.completionTokens).toBeGreaterThanOrEqual(2);
    expect(row?.completionTokens).toBeLessThanOrEqual(sent);
    expect(row?.costMicros).toBeGreaterThan(0);
  });

  test("before the first token", async () => {
    router.upstream.ledger.clear();
    const { leave } = call(chatBody("mock_t3000_i20_n5", { stream: true }));
    await until(() => router.upstream.ledger.entries.length === 1, "the upstream was asked");
    leave();
    await expectLetGo();
    expect(router.usage.at(-1)).toMatchObject({
      outcome: "cancelled",
      status: 499,
      completionTokens: 0,
      usageEstimated: true,
    });
  });

  test("while a whole answer is awaited", async () => {
    router.upstream.ledger.clear();
    const { leave } = call(chatBody("mock_d3000"));
    await until(() => router.upstream.ledger.entries.length === 1, "the upstream was asked");
    leave();
    await expectLetGo();
    expect(router.usage.at(-1)).toMatchObject({ outcome: "cancelled", status: 499, usageEstimated: true });
  });

  test("while it sends its body", async () => {
    const calls = router.upstream.ledger.entries.length;
    const socket = connect(Number(new URL(router.url).port), "127.0.0.1");
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TEST_KEY}\r\ncontent-length: 900\r\n\r\n{`,
    );
    await until(() => router.router.stats().inFlight === 1, "the router waits for the body");
    socket.destroy();
    await until(() => router.router.stats().inFlight === 0, "nothing is in flight");
    expect(router.upstream.ledger.entries).toHaveLength(calls);
  });
});

test("a client that reads slowly holds the upstream back and gets all of it", async () => {
  router.upstream.ledger.clear();
  const headers = { authorization: `Bearer ${TEST_KEY}` };
  const request = httpRequest(chatUrl(), { method: "POST", headers, agent: false });
  request.end(JSON.stringify(chatBody("mock_big100", { stream: true })));
  const response = await new Promise<NodeJS.ReadableStream>((resolve) => request.once("response", resolve));
  // Nobody reads: the upstream must come to a stand long before its 30 MB are out.
  let before = -1;
  await until(async () => {
    const sent = lastCall()?.bytesSent ?? 0;
    const isStill = sent > 0 && sent === before;
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return isStill;
  }, "the upstream stands still");
  expect(lastCall()?.bytesSent).toBeLessThan(20 * 1024 * 1024);
  let size = 0;
  let tail = "";
  for await (const piece of response) {
    size += piece.length;
    tail = (tail + piece.toString()).slice(-40);
  }
  expect(size).toBeGreaterThan(30_000_000);
  expect(tail).toContain("[DONE]");
});

test("an upstream that cannot be reached is asked three times, then the client is told", async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const lonely = await startTestRouter({
    upstreams: `  gone: { kind: vllm, baseUrl: "http://127.0.0.1:${port}" }`,
    modelEntries: "  - { name: gone-chat, kind: chat, upstream: gone }",
    settings: "breaker: { failures: 100 }",
  });
  try {
    for (const stream of [true, false]) {
      const answer = await postRaw(`${lonely.baseUrl}/chat/completions`, chatBody("gone-chat", { stream }));
      expect([answer.status, answer.headers["x-vouch-attempts"], answer.headers["x-vouch-upstream"]]).toEqual(
        [502, "3", "gone"],
      );
      expect(JSON.parse(answer.text).error.code).toBe("upstream_unreachable");
    }
    expect(lonely.usage.map(({ attempt, errorCode }) => [attempt, errorCode])).toEqual([
      [1, "connect_failed"],
      [2, "connect_failed"],
      [3, "connect_failed"],
      [1, "connect_failed"],
      [2, "connect_failed"],
      [3, "connect_failed"],
    ]);
    expect(
      lonely.usage.every(({ costMicros, usageEstimated }) => costMicros === null && !usageEstimated),
    ).toBe(true);
  } finally {
    await lonely.close();
  }
});

test("a kept connection that the upstream closed meanwhile costs a second attempt, not the answer", async () => {
  const once = createServer((request, response) => {
    // The second request on a connection meets a closed door.
    if (served.has(request.socket)) request.socket.resetAndDestroy();
    else response.end(JSON.stringify({ choices: [{ message: { content: "ok" } }] }));
    served.add(request.socket);
  });
  const served = new Set<unknown>();
  await new Promise<void>((resolve) => once.listen(0, "127.0.0.1", resolve));
  const { port } = once.address() as AddressInfo;
  const other = await startTestRouter({
    upstreams: `  once: { kind: vllm, baseUrl: "http://127.0.0.1:${port}" }`,
    modelEntries: "  - { name: once-chat, kind: chat, upstream: once }",
  });
  try {
    const ask = () => postRaw(`${other.baseUrl}/chat/completions`, chatBody("once-chat"));
    const answers = [await ask(), await ask()];
    expect(answers.map(({ status, headers }) => [status, headers["x-vouch-attempts"]])).toEqual([
      [200, "1"],
      [200, "2"],
    ]);
  } finally {
    await other.close();
    await new Promise((resolve) => once.close(resolve));
  }
});

test("a closing router lets streams end and refuses new requests", async () => {
  const closing = await startTestRouter({ models });
  const url = `${closing.baseUrl}/chat/completions`;
  const running = postRaw(url, chatBody("mock_i20_n40", { stream: true }));
  await until(() => closing.router.stats().inFlight === 1, "the stream runs");
  const closed = closing.router.close(10_000);
  const refused = await postRaw(url, chatBody("mock_n5"));
  expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "1"]);
  expect((await running).events.at(-1)).toBe("[DONE]");
  await closed;
  expect(closing.router.stats()).toMatchObject({ inFlight: 0, isClosing: true });
  await closing.close();
});
