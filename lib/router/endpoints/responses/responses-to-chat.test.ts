import { expect, test } from "vitest";
import { ApiError } from "../../http/api-error.ts";
import type { JsonObject } from "../../http/read-json-body.ts";
import { responsesToChat } from "./responses-to-chat.ts";

const messagesOf = (body: JsonObject) => responsesToChat({ model: "m", ...body }).messages;

const refusalOf = (body: JsonObject): unknown => {
  try {
    responsesToChat({ model: "m", input: "x", ...body });
  } catch (error) {
    if (error instanceof ApiError) return [error.status, error.detail.code, error.detail.param];
    throw error;
  }
  return undefined;
};

test("plain input becomes the user's message and instructions the system's", () => {
  expect(responsesToChat({ model: "m", input: "Hi", instructions: "Be short." })).toEqual({
    model: "m",
    messages: [
      { role: "system", content: "Be short." },
      { role: "user", content: "Hi" },
    ],
  });
});

test("messages keep their parts; a single text is plain text; developers speak as the system", () => {
  const input = [
    { role: "developer", content: "Rules." },
    { type: "message", role: "user", content: [{ type: "input_text", text: "One" }] },
    {
      type: "message",
      role: "assistant",
      content: [
        { type: "output_text", text: "A", annotations: [] },
        { type: "output_text", text: "B", annotations: [] },
      ],
    },
    {
      role: "user",
      content: [
        { type: "input_text", text: "What is this?" },
        { type: "input_image", image_url: "data:image/png;base64,AA==", detail: "low" },
        { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" },
      ],
    },
  ];
  expect(messagesOf({ input })).toEqual([
    { role: "system", content: "Rules." },
    { role: "user", content: "One" },
    { role: "assistant", content: "AB" },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "low" } },
        { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" } },
      ],
    },
  ]);
});

test("calls made together are one message, with the text before them; outputs are tool messages", () => {
  const call = (id: string) => ({
    type: "function_call",
    call_id: id,
    name: "look_up",
    arguments: `{"at":"${id}"}`,
  });
  const input = [
    { role: "user", content: "Look." },
    { type: "reasoning", id: "rs_1", summary: [] },
    { role: "assistant", content: "I look." },
    call("a"),
    call("b"),
    { type: "function_call_output", call_id: "a", output: "1" },
    { type: "function_call_output", call_id: "b", output: [{ type: "input_text", text: "2" }] },
    call("c"),
  ];
  const toolCall = (id: string) => ({
    id,
    type: "function",
    function: { name: "look_up", arguments: `{"at":"${id}"}` },
  });
  expect(messagesOf({ input })).toEqual([
    { role: "user", content: "Look." },
    { role: "assistant", content: "I look.", tool_calls: [toolCall("a"), toolCall("b")] },
    { role: "tool", tool_call_id: "a", content: "1" },
    { role: "tool", tool_call_id: "b", content: "2" },
    { role: "assistant", content: null, tool_calls: [toolCall("c")] },
  ]);
});

test("tools, choice, format, effort, limits and log probabilities get the names a chat has for them", () => {
  const parameters = { type: "object", properties: {} };
  const chat = responsesToChat({
    model: "m",
    input: "x",
    stream: true,
    tools: [{ type: "function", name: "f", description: "d", parameters, strict: true }],
    tool_choice: { type: "function", name: "f" },
    parallel_tool_calls: false,
    text: {
      format: { type: "json_schema", name: "s", schema: parameters, strict: true },
      verbosity: "low",
    },
    reasoning: { effort: "low", summary: "auto" },
    max_output_tokens: 9,
    temperature: 0,
    top_p: 0.5,
    include: ["message.output_text.logprobs"],
    top_logprobs: 2,
    store: true,
    metadata: { a: "b" },
    truncation: "disabled",
    previous_response_id: null,
    user: "u",
    seed: 7,
    made_up: { deep: [1] },
  });
  expect(chat).toEqual({
    model: "m",
    messages: [{ role: "user", content: "x" }],
    stream: true,
    stream_options: { include_usage: true },
    tools: [{ type: "function", function: { name: "f", description: "d", parameters, strict: true } }],
    tool_choice: { type: "function", function: { name: "f" } },
    parallel_tool_calls: false,
    response_format: { type: "json_schema", json_schema: { name: "s", schema: parameters, strict: true } },
    verbosity: "low",
    reasoning_effort: "low",
    max_completion_tokens: 9,
    temperature: 0,
    top_p: 0.5,
    logprobs: true,
    top_logprobs: 2,
    user: "u",
    seed: 7,
    made_up: { deep: [1] },
  });
});

test("allowed tools keep their mode; a choice without tools is left out", () => {
  const chat = responsesToChat({
    input: "x",
    tools: [{ type: "function", name: "f", parameters: {} }],
    tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "f" }] },
  });
  expect(chat.tool_choice).toEqual({
    type: "allowed_tools",
    allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "f" } }] },
  });
  const without = responsesToChat({
    input: "x",
    tools: [],
    tool_choice: "auto",
    parallel_tool_calls: true,
    text: { format: { type: "text" } },
  });
  expect(without).toEqual({ messages: [{ role: "user", content: "x" }] });
});

test.each([
  [{ previous_response_id: "resp_1" }, "unsupported_parameter", "previous_response_id"],
  [{ conversation: "conv_1" }, "unsupported_parameter", "conversation"],
  [{ background: true }, "unsupported_parameter", "background"],
  [{ prompt: { id: "p" } }, "unsupported_parameter", "prompt"],
  [{ truncation: "auto" }, "unsupported_parameter", "truncation"],
  [{ n: 2 }, "unsupported_parameter", "n"],
  [{ tools: [{ type: "web_search" }] }, "unsupported_parameter", "tools[0].type"],
  [
    { tools: [{ type: "function", name: "f" }], tool_choice: { type: "mcp" } },
    "unsupported_parameter",
    "tool_choice.type",
  ],
  [{ input: undefined }, "missing_required_parameter", "input"],
  [{ input: [{ type: "web_search_call" }] }, "unsupported_parameter", "input[0].type"],
  [{ input: [{ role: "critic", content: "x" }] }, "invalid_value", "input[0].role"],
  [
    { input: [{ role: "user", content: [{ type: "input_image", file_id: "f" }] }] },
    "unsupported_parameter",
    "input[0].content[0].file_id",
  ],
  [
    { input: [{ role: "user", content: [{ type: "input_file", file_url: "https://a" }] }] },
    "unsupported_parameter",
    "input[0].content[0].file_url",
  ],
  [
    {
      input: [
        {
          type: "function_call_output",
          call_id: "a",
          output: [{ type: "input_image", image_url: "data:," }],
        },
      ],
    },
    "unsupported_parameter",
    "input[0].output",
  ],
  [{ input: [{ type: "item_reference", id: "msg_1" }] }, "item_not_found", "input[0].id"],
  [{ text: { format: { type: "yaml" } } }, "invalid_value", "text.format.type"],
] as const)("what no chat can say is refused by name: %j", (body, code, param) => {
  expect(refusalOf(body as JsonObject)).toEqual([400, code, param]);
});

test("an item named by id is put in its place; named reasoning is left out", () => {
  const kept: JsonObject = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    content: [{ type: "output_text", text: "Kept." }],
  };
  const chat = responsesToChat(
    {
      input: [
        { type: "item_reference", id: "rs_1" },
        { type: "item_reference", id: "msg_1" },
        { role: "user", content: "Go on." },
      ],
    },
    (id) => (id === "msg_1" ? kept : undefined),
  );
  expect(chat.messages).toEqual([
    { role: "assistant", content: "Kept." },
    { role: "user", content: "Go on." },
  ]);
});
