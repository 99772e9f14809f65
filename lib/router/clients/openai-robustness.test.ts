import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestRouter, TEST_KEY, type TestRouter, until } from "../test-router.ts";

let router: TestRouter;
let client: OpenAI;

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    models: ["mock_n400_i20"],
    upstreams: "  native: { kind: openai, baseUrl: UPSTREAM/v1, responses: native }",
    modelEntries: [
      "  - name: two",
      "    kind: chat",
      "    policy: weighted",
      "    targets:",
      "      - { upstream: scripted, upstreamModel: mock_n8_i5_rst3, weight: 1 }",
      "      - { upstream: second, upstreamModel: mock_n8, weight: 0 }",
      "  - { name: native_long, kind: chat, upstream: native, upstreamModel: mock_n400_i20 }",
    ].join("\n"),
  });
  client = new OpenAI({ apiKey: TEST_KEY, baseURL: router.baseUrl, maxRetries: 0 });
});
afterAll(() => router.close());

const WHOLE = "tok0 tok1 tok2 tok3 tok4 tok5 tok6 tok7 ";

test("a response cut in the middle is continued elsewhere and reads as one", async () => {
  const response = await client.responses.stream({ model: "two", input: "x" }).finalResponse();
  expect([response.output_text, response.status]).toEqual([WHOLE, "completed"]);
  expect(response.output).toHaveLength(1);
});

test("a text completion whose upstream is cut raises an error: its prompt cannot be continued elsewhere", async () => {
  const read = async () => {
    let text = "";
    const stream = await client.completions.create({ model: "two", prompt: "x", stream: true });
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? "";
    return text;
  };
  await expect(read()).rejects.toMatchObject({ code: "stream_interrupted" });
});

for (const model of ["mock_n400_i20", "native_long"]) {
  test(`a client that leaves a response of ${model} stops its upstream, and the bill holds what it saw`, async () => {
    const before = router.usage.length;
    const stream = await client.responses.create({ model, input: "one two three", stream: true });
    let deltas = 0;
    for await (const event of stream) {
      if (event.type === "response.output_text.delta" && ++deltas === 3) break;
    }
    await until(() => router.usage.length > before, "the attempt is recorded");
    const row = router.usage.at(-1);
    expect(row).toMatchObject({
      endpoint: "responses",
      outcome: "cancelled",
      status: 499,
      usageEstimated: true,
    });
    expect(row?.promptTokens).toBeGreaterThan(0);
    expect(row?.completionTokens).toBeGreaterThanOrEqual(3);
    expect(row?.completionTokens).toBeLessThan(400);
    await until(() => router.upstream.ledger.entries.at(-1)?.isAborted === true, "the upstream is left");
  });
}

test("a body that is too large is refused with its status", async () => {
  const content = "x".repeat(11 * 1024 * 1024);
  const call = client.chat.completions.create({ model: "two", messages: [{ role: "user", content }] });
  await expect(call).rejects.toMatchObject({ status: 413, code: "body_too_large" });
});
