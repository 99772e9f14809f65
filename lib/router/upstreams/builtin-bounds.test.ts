import { expect, test } from "vitest";
import { DEFAULT_TIMEOUTS } from "../config/router-config.ts";
import { checkBuiltinBounds } from "./builtin-bounds.ts";
import { createBuiltinUpstream } from "./builtin-upstream.ts";
import type { Endpoint, UpstreamCall } from "./upstream.ts";
import type { UpstreamError } from "./upstream-error.ts";

const call = (endpoint: Endpoint, body: UpstreamCall["body"]): UpstreamCall => ({
  endpoint,
  body,
  upstreamModel: "any",
  requestId: "req-1",
});
const check = (endpoint: Endpoint, body: UpstreamCall["body"]) => () =>
  checkBuiltinBounds(call(endpoint, body));
const user = (content: unknown) => ({ messages: [{ role: "user", content }] });
const refused = { status: 400, detail: { code: "context_length_exceeded" } };

test("chats up to 200,000 characters are read, in whatever parts they come", () => {
  expect(check("chat/completions", user("x".repeat(200_000)))).not.toThrow();
  expect(check("chat/completions", user("x".repeat(200_001)))).toThrow("200000 characters at most");
  const parts = Array.from({ length: 201 }, () => ({ type: "text", text: "x".repeat(1_000) }));
  expect(check("chat/completions", user(parts))).toThrow("201000");
});

test("embeddings and rerankings are bounded in number and in length", () => {
  const texts = (count: number, length: number) => Array.from({ length: count }, () => "x".repeat(length));
  for (const [endpoint, key] of [
    ["embeddings", "input"],
    ["rerank", "documents"],
  ] as const) {
    expect(check(endpoint, { [key]: texts(512, 1_900) })).not.toThrow();
    expect(check(endpoint, { [key]: texts(513, 1) })).toThrow("Send it in parts");
    expect(check(endpoint, { [key]: texts(2, 500_001) })).toThrow("Send it in parts");
  }
  expect(check("rerank", { documents: [{ text: "x".repeat(1_000_001) }] })).toThrow("Send it in parts");
  expect(check("embeddings", { input: "x".repeat(1_000_001) })).toThrow("'input'");
});

test("the built-in upstream refuses before it computes, streamed or not", async () => {
  const upstream = createBuiltinUpstream(
    { name: "builtin", kind: "builtin", timeouts: DEFAULT_TIMEOUTS },
    { paceMs: 0 },
  );
  const large = call("chat/completions", user("x".repeat(10_000_000)));
  await expect(upstream.request(large, new AbortController().signal)).rejects.toMatchObject({
    answer: refused,
  });
  const failed = new Promise<UpstreamError>((fail) => {
    upstream.openStream(large, { events: () => {}, end: () => {}, fail });
  });
  expect((await failed).answer).toMatchObject(refused);
});
