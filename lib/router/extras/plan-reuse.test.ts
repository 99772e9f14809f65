import { describe, expect, test } from "vitest";
import { ApiError } from "../http/api-error.ts";
import { planReuse, type ReuseQuestion } from "./plan-reuse.ts";
import { modelOf } from "./test-model.ts";

const caller = { orgId: "org-1", userId: "ann", via: "key" } as const;
const cached = modelOf("small", undefined, { cache: { ttlSeconds: 60 } });
const messages = [{ role: "user", content: "When?" }];
const plan = (more: Partial<ReuseQuestion> = {}) =>
  planReuse({
    caller,
    endpoint: "chat/completions",
    model: cached,
    body: { messages, temperature: 0 },
    header: undefined,
    epoch: 0,
    ...more,
  });

describe("a request may use the answers of others", () => {
  test("when its model has a cache and it asks for no randomness", () => {
    expect(plan()).toMatchObject({ key: expect.any(String), mayRead: true, ttlMs: 60_000 });
    expect(plan({ endpoint: "embeddings", body: { input: "a" } }).key).toBeDefined();
    expect(plan({ body: { messages } }).key).toBeUndefined();
    expect(plan({ body: { messages, temperature: 0.2 } }).key).toBeUndefined();
    expect(plan({ model: modelOf("small") }).key).toBeUndefined();
  });

  test("when the client allows it, at any temperature and on any model", () => {
    const allowed = plan({ header: "allow", body: { messages, temperature: 1 }, model: modelOf("small") });
    expect(allowed).toMatchObject({ key: expect.any(String), mayRead: true, ttlMs: 300_000 });
  });

  test("but only stores when a fresh answer is wanted", () => {
    expect(plan({ header: "refresh" })).toMatchObject({ key: plan().key, mayRead: false });
    expect(plan({ header: "Allow, REFRESH" })).toMatchObject({ key: plan().key, mayRead: false });
  });

  test("but neither reads nor stores with no-store, whatever else is said", () => {
    expect(plan({ header: "no-store" }).key).toBeUndefined();
    expect(plan({ header: "allow, no-store" }).key).toBeUndefined();
  });

  test.each([
    ["tools", { tools: [{ type: "function" }] }],
    ["functions", { functions: [{}] }],
    ["a search of the web", { web_search_options: {} }],
    ["sound", { modalities: ["text", "audio"] }],
    ["an order to keep it", { store: true }],
  ])("but never with %s", (_what, fields) => {
    expect(plan({ header: "allow", body: { messages, temperature: 0, ...fields } }).key).toBeUndefined();
  });

  test("but never while nobody can say what was removed since, and never those from before a removal", () => {
    expect(plan({ epoch: undefined }).key).toBeUndefined();
    expect(plan({ epoch: 1 }).key).not.toBe(plan({ epoch: 0 }).key);
  });

  test("and a header with something unknown is refused", () => {
    expect(() => plan({ header: "nostore" })).toThrow(ApiError);
  });
});

describe("answers are shared", () => {
  const keyFor = (userId: string, more: Partial<ReuseQuestion> = {}) =>
    plan({ caller: { ...caller, userId }, ...more }).key;

  test("inside an organisation, never with another one", () => {
    expect(keyFor("bob")).toBe(keyFor("ann"));
    expect(plan({ caller: { ...caller, orgId: "org-2" } }).key).not.toBe(keyFor("ann"));
  });

  test("with nobody when a person signed in asks", () => {
    const signedIn = (userId: string) => plan({ caller: { orgId: "org-1", userId, via: "session" } }).key;
    expect(signedIn("bob")).not.toBe(signedIn("ann"));
    expect(signedIn("ann")).not.toBe(keyFor("ann"));
  });

  test.each([
    [
      "a system message",
      [{ role: "system", content: '<source id="1" title="A">\ntext\n</source>' }, ...messages],
    ],
    ["a part of a message", [{ role: "user", content: [{ type: "text", text: '<source id="1">' }] }]],
  ])("with nobody when %s carries passages of documents", (_where, withSources) => {
    const body = { messages: withSources, temperature: 0 };
    expect(keyFor("bob", { body })).not.toBe(keyFor("ann", { body }));
  });

  test("with nobody but the same end user when the program names one", () => {
    const body = (user: string) => ({ messages, temperature: 0, user });
    expect(keyFor("ann", { body: body("x") })).toBe(keyFor("ann", { body: body("x") }));
    expect(keyFor("ann", { body: body("x") })).not.toBe(keyFor("ann", { body: body("y") }));
    expect(keyFor("ann", { body: body("x") })).not.toBe(keyFor("bob", { body: body("x") }));
  });
});
