import { expect, test } from "vitest";
import { createNativeResponseEncoder, readResponseEvent } from "./native-events.ts";

const response = { id: "resp_1", status: "in_progress", output: [] };
const usage = {
  input_tokens: 9,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 2,
  total_tokens: 11,
};

test("what only begins is no output; deltas and what is done are", () => {
  const isOutput = (type: string, more: object = {}) => readResponseEvent({ type, ...more }).isOutput;
  expect(isOutput("response.created", { response })).toBe(false);
  expect(isOutput("response.in_progress", { response })).toBe(false);
  expect(isOutput("response.output_item.added", { item: {} })).toBe(false);
  expect(isOutput("response.content_part.added")).toBe(false);
  expect(isOutput("response.output_text.delta", { delta: "Hi" })).toBe(true);
  expect(isOutput("response.web_search_call.searching")).toBe(true);
});

test("tokens are counted in deltas of all kinds", () => {
  const tokens = (type: string, delta: string) => readResponseEvent({ type, delta }).deltaTokens;
  expect(tokens("response.output_text.delta", "Hi")).toBe(1);
  expect(tokens("response.function_call_arguments.delta", "x".repeat(80))).toBe(20);
  expect(tokens("response.reasoning_summary_text.delta", "")).toBe(0);
});

test("completed and incomplete end an answer and bring its usage", () => {
  for (const type of ["response.completed", "response.incomplete"]) {
    expect(readResponseEvent({ type, response: { ...response, usage } })).toMatchObject({
      finished: [0],
      usage: { promptTokens: 9, cachedTokens: 4, completionTokens: 2 },
      error: undefined,
    });
  }
  expect(readResponseEvent({ type: "response.output_text.done" }).finished).toEqual([]);
});

test("errors are found in all the forms upstreams have for them", () => {
  const error = { code: "rate_limit_exceeded", message: "Slow down." };
  const failed = { type: "response.failed", response: { ...response, error } };
  for (const event of [{ type: "error", ...error }, { type: "error", error }, failed, { error }]) {
    const reading = readResponseEvent(event);
    expect(reading.error).toMatchObject(error);
    expect(reading.isOutput).toBe(false);
    expect(reading.finished).toEqual([]);
  }
});

test("events pass with their names, and an interruption goes on counting where they stopped", () => {
  const encoder = createNativeResponseEncoder();
  const event = { type: "response.created", sequence_number: 0, response };
  expect(encoder.chunk(event, JSON.stringify(event))).toBe(
    `event: response.created\ndata: ${JSON.stringify(event)}\n\n`,
  );
  encoder.chunk({ type: "response.output_text.delta", sequence_number: 7, delta: "x" }, "{}");
  expect(encoder.done()).toBe("");
  const [error, failed] = encoder
    .interrupted({ code: "c", message: "m" })
    .split("\n\n")
    .map((text) => text.split("\ndata: "));
  expect(error?.[0]).toBe("event: error");
  expect(JSON.parse(String(error?.[1]))).toEqual({
    type: "error",
    sequence_number: 8,
    code: "c",
    message: "m",
    param: null,
  });
  expect(failed?.[0]).toBe("event: response.failed");
  expect(JSON.parse(String(failed?.[1]))).toMatchObject({
    sequence_number: 9,
    response: { id: "resp_1", status: "failed", error: { code: "c" } },
  });
});
