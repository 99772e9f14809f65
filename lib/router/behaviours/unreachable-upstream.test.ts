import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { chatBody, postRaw } from "../test-client.ts";
import { startTestRouter } from "../test-router.ts";

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
