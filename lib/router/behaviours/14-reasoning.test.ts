import { afterAll, beforeAll, expect, test } from "vitest";
import { chunksOf, textOf } from "../test-client.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";
import { plainText, stream, whole } from "./scenario.ts";

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({
    models: ["mock_n5_reasoning", "mock_n5_reasoningOld", "mock_n0_reasoning", "mock_t100_i300_n3_reasoning"],
  });
});
afterAll(() => router.close());

for (const model of ["mock_n5_reasoning", "mock_n5_reasoningOld"]) {
  test(`thoughts arrive under both of their names, in order, before the text: ${model}`, async () => {
    const answer = await stream(router, model);
    const deltas = chunksOf(answer).map((chunk) => chunk.choices?.[0]?.delta);
    expect(deltas.slice(1, 3)).toEqual([
      { reasoning: "Let me ", reasoning_content: "Let me " },
      { reasoning: "think.", reasoning_content: "think." },
    ]);
    expect(textOf(answer)).toBe(plainText(5));
    const { message } = JSON.parse((await whole(router, model)).text).choices[0];
    expect(message).toMatchObject({ reasoning: "Let me think.", reasoning_content: "Let me think." });
  });
}

test("an answer of thoughts alone is whole", async () => {
  const answer = await stream(router, "mock_n0_reasoning");
  const thoughts = chunksOf(answer).filter(
    (chunk) => "reasoning" in ((chunk.choices?.[0]?.delta ?? {}) as object),
  );
  expect(thoughts).toHaveLength(2);
  expect(answer.events.at(-1)).toBe("[DONE]");
});

test("the first thought is the first token", async () => {
  await stream(router, "mock_t100_i300_n3_reasoning");
  const { firstTokenMs, totalMs } = router.usage.at(-1) ?? {};
  expect(firstTokenMs).toBeGreaterThanOrEqual(95);
  // Four more tokens 300 ms apart come after it.
  expect((totalMs ?? 0) - (firstTokenMs ?? 0)).toBeGreaterThanOrEqual(1_100);
});
