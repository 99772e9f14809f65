import { describe, expect, test } from "vitest";
import type { ModelConfig } from "../config/router-config.ts";
import { canonicalJson } from "./canonical-json.ts";
import { requestKey } from "./request-key.ts";
import { modelOf } from "./test-model.ts";

const scope = { orgId: "org-1", data: "organisation" } as const;
const model = modelOf("small");
const messages = [{ role: "user", content: "When?" }];
const keyOf = (body: Record<string, unknown>, more: { model?: ModelConfig; scope?: typeof scope } = {}) =>
  requestKey({ scope, endpoint: "chat/completions", model, body, ...more });

describe("the key of a request", () => {
  test("does not depend on the order of its fields, at any depth", () => {
    const one = keyOf({ temperature: 0, messages, response_format: { type: "json_object", a: 1 } });
    const other = keyOf({
      response_format: { a: 1, type: "json_object" },
      messages: [{ content: "When?", role: "user" }],
      temperature: 0,
    });
    expect(one).toMatch(/^[\w-]{43}$/);
    expect(other).toBe(one);
  });

  test("does not depend on the form in which the answer is wanted, on the client's books or on fields that are null", () => {
    const bare = keyOf({ messages });
    const dressed = keyOf({
      messages,
      model: "alias",
      stream: true,
      stream_options: { include_usage: true },
      user: "u",
      metadata: { trace: "7" },
      prompt_cache_key: "k",
      seed: null,
    });
    expect(dressed).toBe(bare);
  });

  test.each([
    ["temperature", { temperature: 0.1 }],
    ["seed", { seed: 1 }],
    ["a field nobody knows", { top_secret: true }],
    ["a field at its default", { n: 1 }],
    ["a null inside a message", { messages: [{ role: "user", content: "When?", name: null }] }],
    ["white space in a message", { messages: [{ role: "user", content: "When? " }] }],
    ["the order of messages", { messages: [{ role: "system", content: "" }, ...messages] }],
  ])("depends on %s", (_what, fields) => {
    expect(keyOf({ messages, ...fields })).not.toBe(keyOf({ messages }));
  });

  test("depends on organisation, data scope, endpoint, model and the place that serves it", () => {
    const body = { messages };
    const keys = [
      requestKey({ scope, endpoint: "chat/completions", model, body }),
      requestKey({ scope: { ...scope, orgId: "org-2" }, endpoint: "chat/completions", model, body }),
      requestKey({ scope: { ...scope, data: "user:1" }, endpoint: "chat/completions", model, body }),
      requestKey({ scope, endpoint: "completions", model, body }),
      requestKey({ scope, endpoint: "chat/completions", model: modelOf("large"), body }),
      requestKey({ scope, endpoint: "chat/completions", model: modelOf("small", "http://other/v1"), body }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("tells texts apart that only look alike when glued together", () => {
    const glued = [
      { messages: [{ role: "user", content: 'a","b' }] },
      { messages: [{ role: "user", content: "a" }, "b"] },
      { messages: [{ role: "user", "content:a": "b" }] },
    ].map((body) => keyOf(body));
    expect(new Set(glued).size).toBe(3);
  });

  test("is not made for requests that are too long or too deep", () => {
    expect(keyOf({ messages: [{ role: "user", content: "x".repeat(600_000) }] })).toBeUndefined();
    expect(keyOf({ messages: Array.from({ length: 60 }, () => "x".repeat(10_000)) })).toBeUndefined();
    expect(keyOf(JSON.parse(`{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`))).toBeUndefined();
  });
});

test("canonical JSON treats __proto__ as a key like any other", () => {
  const value: unknown = JSON.parse('{"b":1,"__proto__":{"x":[1,null,"é"]}}');
  expect(canonicalJson(value, 1000)).toBe('{"__proto__":{"x":[1,null,"é"]},"b":1}');
});
