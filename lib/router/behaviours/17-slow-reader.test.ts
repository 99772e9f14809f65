import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { chatBody } from "../test-client.ts";
import { startTestRouter, TEST_KEY, type TestRouter, until } from "../test-router.ts";

const MEGABYTE = 1024 * 1024;
let router: TestRouter;
let strict: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({ models: ["mock_big100"] });
  strict = await startTestRouter({ models: ["mock_big100"], timeouts: "clientStuckMs: 400" });
});
beforeEach(() => router.upstream.ledger.clear());
afterAll(async () => {
  await router.close();
  await strict.close();
});

/** Asks for 30 MB and reads nothing of it. */
async function askWithoutReading(to: TestRouter): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${TEST_KEY}` };
  const url = `${to.baseUrl}/chat/completions`;
  const request = httpRequest(url, { method: "POST", headers, agent: false });
  request.end(JSON.stringify(chatBody("mock_big100", { stream: true })));
  const [response] = await once(request, "response");
  return response;
}

test("a client that reads slowly holds the upstream back, and gets all of it in the end", async () => {
  const response = await askWithoutReading(router);
  const sent = () => router.upstream.ledger.entries.at(-1)?.bytesSent ?? 0;
  let before = -1;
  await until(async () => {
    const isStill = sent() > 0 && sent() === before;
    before = sent();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return isStill;
  }, "the upstream stands still");
  // What is on its way fills the kernel's buffers of two connections; the router keeps next to nothing.
  expect(sent()).toBeLessThan(20 * MEGABYTE);
  let size = 0;
  let tail = "";
  for await (const piece of response) {
    size += piece.length;
    tail = (tail + piece.toString()).slice(-40);
  }
  expect(size).toBeGreaterThan(30_000_000);
  expect(tail).toContain("[DONE]");
  await until(() => router.usage.at(-1)?.outcome === "complete", "it is recorded as whole");
});

test("a client that is stuck for too long is cut, and its upstream let go", async () => {
  const response = await askWithoutReading(strict);
  response.on("error", () => {});
  await until(() => strict.upstream.ledger.entries[0]?.isAborted === true, "the upstream is let go");
  await until(() => strict.router.stats().inFlight === 0, "nothing is in flight");
  expect(strict.usage.at(-1)).toMatchObject({ outcome: "cancelled", status: 499, usageEstimated: true });
  response.destroy();
});
