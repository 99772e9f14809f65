import { afterAll, beforeAll, expect, test } from "vitest";
import { chatBody, chunksOf, postRaw } from "../test-client.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";
import { stream, whole } from "./scenario.ts";

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({ models: ["mock_tool_n0", "mock_tool_n0_i300"] });
});
afterAll(() => router.close());

test("fragments of parallel tool calls arrive byte for byte, with index, id and name", async () => {
  const answer = await stream(router, "mock_tool_n0", { stream_options: { include_usage: true } });
  const calls = chunksOf(answer).flatMap((chunk) => chunk.choices?.[0]?.delta?.tool_calls ?? []);
  for (const index of [0, 1]) {
    const own = calls.filter((call) => call.index === index);
    expect(own[0]).toEqual({
      index,
      id: `call_${index}`,
      type: "function",
      function: { name: "look_up", arguments: "" },
    });
    expect(own.map((call) => call.function.arguments)).toEqual(["", '{"na', 'me":"', 'x"}']);
  }
  expect(answer.events.at(-1)).toBe("[DONE]");
  const { message } = JSON.parse((await whole(router, "mock_tool_n0")).text).choices[0];
  expect(message.tool_calls).toHaveLength(2);
});

test("each fragment is handed on when it comes, not gathered", async () => {
  const body = chatBody("mock_tool_n0_i300", { stream: true, stream_options: { include_usage: true } });
  const aheads: number[] = [];
  let seen = 0;
  await postRaw(`${router.baseUrl}/chat/completions`, body, {
    onChunk: (text) => {
      seen += text.split('"tool_calls":[').length - 1;
      aheads.push((router.upstream.ledger.entries.at(-1)?.tokensSent ?? 0) - seen);
    },
  });
  expect(seen).toBe(8);
  // The upstream, 300 ms between fragments, is never more than the one ahead that is on its way.
  expect(Math.max(...aheads)).toBeLessThanOrEqual(1);
});
