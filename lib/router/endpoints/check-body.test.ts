import { expect, test } from "vitest";
import type { Endpoint } from "../upstreams/upstream.ts";
import { checkBody } from "./check-body.ts";
import { estimateRequestTokens } from "./estimate-request.ts";

const messages = [{ role: "user", content: "x" }];

test.each<[Endpoint, object, string, string]>([
  ["chat/completions", {}, "messages", "missing_required_parameter"],
  ["chat/completions", { messages: [] }, "messages", "invalid_value"],
  ["chat/completions", { messages: ["x"] }, "messages", "invalid_value"],
  ["chat/completions", { messages, stream: "yes" }, "stream", "invalid_value"],
  ["chat/completions", { messages, n: 0 }, "n", "invalid_value"],
  ["chat/completions", { messages, max_tokens: 1.5 }, "max_tokens", "invalid_value"],
  ["completions", {}, "prompt", "missing_required_parameter"],
  ["completions", { prompt: [] }, "prompt", "invalid_value"],
  ["completions", { prompt: "x", max_tokens: "9" }, "max_tokens", "invalid_value"],
  ["responses", { input: 5 }, "input", "invalid_value"],
  ["responses", { input: "x", stream: 1 }, "stream", "invalid_value"],
  ["responses", { input: "x", max_output_tokens: -1 }, "max_output_tokens", "invalid_value"],
  ["embeddings", { input: null }, "input", "missing_required_parameter"],
  ["rerank", { documents: ["a"] }, "query", "missing_required_parameter"],
])("%s refuses %j by the name of the field", (endpoint, body, param, code) => {
  expect(() => checkBody({ ...body }, endpoint)).toThrow(
    expect.objectContaining({
      status: 400,
      detail: expect.objectContaining({ param, code, type: "invalid_request_error" }),
    }),
  );
});

test.each<[Endpoint, object]>([
  ["chat/completions", { messages, stream: null, n: 2, max_completion_tokens: null }],
  ["completions", { prompt: [[1, 2]], max_tokens: 0 }],
  ["responses", { prompt: { id: "p" } }],
  ["responses", { input: [] }],
  ["embeddings", { input: "x" }],
  ["rerank", { query: "a", documents: [{ text: "b" }] }],
])("%s lets %j pass", (endpoint, body) => {
  expect(() => checkBody({ ...body }, endpoint)).not.toThrow();
});

test("prompt tokens are estimated for the body of every endpoint", () => {
  const text = "x".repeat(40);
  const estimates = [
    estimateRequestTokens("completions", { prompt: text }),
    estimateRequestTokens("completions", { prompt: [1, 2, 3] }),
    estimateRequestTokens("rerank", { query: text, documents: [text, { text }] }),
    estimateRequestTokens("responses", { input: text, instructions: text }),
    estimateRequestTokens("responses", {
      input: [
        { role: "user", content: [{ type: "input_text", text }, { type: "input_image" }] },
        { type: "function_call_output", output: text },
      ],
    }),
    estimateRequestTokens("chat/completions", { messages: [{ role: "user", content: text }] }),
    estimateRequestTokens("embeddings", { input: [text, text] }),
  ];
  expect(estimates).toEqual([10, 3, 40, 20, 113, 14, 20]);
});
