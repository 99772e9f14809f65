import { expect, test } from "vitest";
import { chatViewOf } from "./chat-view.ts";

test("a response is seen as the chat it would be", () => {
  const view = chatViewOf("responses", {
    model: "m",
    instructions: "Be short.",
    input: "Hi",
    tools: [{ type: "function", name: "f" }],
  });
  expect(view).toMatchObject({
    messages: [
      { role: "system", content: "Be short." },
      { role: "user", content: "Hi" },
    ],
    tools: [{ type: "function", function: { name: "f" } }],
  });
});

test("what no chat can hold is left out of the view", () => {
  const view = chatViewOf("responses", {
    input: [{ type: "web_search_call" }, { role: "user", content: "Hi" }],
    tools: [{ type: "web_search" }],
  });
  expect(view.messages).toEqual([{ role: "user", content: "Hi" }]);
  expect(chatViewOf("responses", { prompt: { id: "p" } }).messages).toEqual([]);
});

test("a prompt is seen as a question; chats and the others are what they are", () => {
  expect(chatViewOf("completions", { prompt: ["a", "b"] }).messages).toEqual([
    { role: "user", content: "a\nb" },
  ]);
  const body = { messages: [] };
  expect(chatViewOf("chat/completions", body)).toBe(body);
});
