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
