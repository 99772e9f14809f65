import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chunksOf, textOf } from "../test-client.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";
import { inOrder, plainText, stream } from "./scenario.ts";

/** Every way of ending early, and the text shown by then. */
const cuts: readonly [script: string, text: string][] = [
  ["mock_i5_n20_end3", plainText(3)],
  ["mock_i5_n20_fin3", plainText(3)],
  ["mock_i5_n20_err3", plainText(3)],
  ["mock_i5_n20_brk3", plainText(3)],
  ["mock_i5_n20_end20", plainText(20)],
  ["mock_n20_doneOnly", plainText(20)],
];

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({
    models: [...cuts.map(([script]) => script), "mock_n20_noDone"],
    second: true,
    modelEntries: cuts.map(([script]) => inOrder(`two-${script}`, script, "mock_n20")).join("\n"),
  });
});
afterAll(() => router.close());

describe("a stream that ends without its finish is never taken for whole", () => {
  for (const [script, text] of cuts) {
    test(`${script} alone ends with an error event`, async () => {
      const answer = await stream(router, script);
      expect(answer.isWholeHttp).toBe(true);
      expect(answer.events).not.toContain("[DONE]");
      expect(chunksOf(answer).at(-1)?.error?.code).toBe("stream_interrupted");
      expect(textOf(answer)).toBe(text);
      expect(router.upstream.ledger.callsOf(script)).toBe(1);
      expect(router.usage.at(-1)).toMatchObject({ outcome: "interrupted", attempt: 1 });
    });

    test(`${script} with a second target is continued there`, async () => {
      const answer = await stream(router, `two-${script}`);
      expect(textOf(answer)).toBe(plainText(20));
      expect(answer.events.at(-1)).toBe("[DONE]");
      expect(answer.text).toContain(`resumed_at=${text.length}`);
    });
  }
});

test("one whose choices all finished is whole without [DONE], and gets its own", async () => {
  const answer = await stream(router, "mock_n20_noDone");
  expect(textOf(answer)).toBe(plainText(20));
  expect(answer.events.at(-1)).toBe("[DONE]");
});
