import { expect, test } from "vitest";
import { startTestRouter, until } from "../test-router.ts";
import { stream, whole } from "./scenario.ts";

test("a closing router lets streams end and refuses new requests", async () => {
  const closing = await startTestRouter({ models: ["mock_n5", "mock_i20_n40"] });
  const running = stream(closing, "mock_i20_n40");
  await until(() => closing.router.stats().inFlight === 1, "the stream runs");
  const closed = closing.router.close(10_000);
  const refused = await whole(closing, "mock_n5");
  expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "1"]);
  expect((await running).events.at(-1)).toBe("[DONE]");
  await closed;
  expect(closing.router.stats()).toMatchObject({ inFlight: 0, isClosing: true });
  await closing.close();
});

test("what does not end in time is told so: streams by their last event, others by an error", async () => {
  const closing = await startTestRouter({ models: ["mock_i20_n4000", "mock_t30000_n1", "mock_d30000"] });
  const running = stream(closing, "mock_i20_n4000");
  const silent = stream(closing, "mock_t30000_n1");
  const slow = whole(closing, "mock_d30000");
  await until(() => closing.upstream.ledger.entries.length === 3, "all are asked");
  await until(
    () => closing.router.state().models.some(({ targets }) => targets[0]?.ewmaFirstTokenMs),
    "one speaks",
  );
  await closing.router.close(50);
  const ended = await running;
  expect([ended.status, ended.isWholeHttp]).toEqual([200, true]);
  expect(ended.events.at(-1)).toContain("stream_interrupted");
  for (const { status, headers } of [await silent, await slow]) {
    expect([status, headers["retry-after"]]).toEqual([503, "1"]);
  }
  await until(() => closing.usage.length === 3, "all are recorded");
  await closing.close();
});
