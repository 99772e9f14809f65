import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "../../shared/errors.ts";
import { startTestRouter, TEST_KEY, type TestRouter, until } from "../test-router.ts";
import { type FamilyCall, type ModelFamily, registerModelFamily } from "./model-family.ts";

const known = { id: "fam/one", created: 17 };
const chunk = (content: string, finish: string | null = null) => ({
  id: "c1",
  object: "chat.completion.chunk",
  created: 17,
  model: "fam/one",
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});

/** What the family's last call was, and what became of its chunks. */
const seen = { call: undefined as FamilyCall | undefined, made: 0, isClosed: false };

async function* answer({ body, signal }: FamilyCall): AsyncGenerator<object> {
  const [{ content }] = body.messages as [{ content: string }];
  try {
    if (content === "early") throw new AppError("rate_limited", { retryAfterSeconds: 3 });
    yield chunk("Hello");
    if (content === "late") throw new Error("in the middle");
    while (content === "endless" && !signal.aborted) {
      seen.made += 1;
      yield chunk("x".repeat(16_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    yield chunk(", world", "stop");
  } finally {
    seen.isClosed = true;
  }
}

const family: ModelFamily = {
  prefix: "fam/",
  list: async ({ userId }) => (userId === undefined ? [] : [known]),
  find: async (_caller, name) => (name === known.id ? known : undefined),
  serve: async (call) => {
    seen.call = call;
    if (call.body.stream === true) return { chunks: answer(call) };
    return { json: { id: "c1", object: "chat.completion", choices: [{ message: { content: "Whole" } }] } };
  },
};

let router: TestRouter;
let client: OpenAI;
beforeAll(async () => {
  registerModelFamily(family);
  router = await startTestRouter({ models: ["mock_n3"] });
  client = new OpenAI({ baseURL: router.baseUrl, apiKey: TEST_KEY, maxRetries: 0 });
});
afterAll(async () => {
  await router.close();
  registerModelFamily({ ...family, list: async () => [], find: async () => undefined });
});

const ask = (content: string) => ({
  model: known.id,
  messages: [{ role: "user" as const, content }],
});

const post = (body: object, signal?: AbortSignal) =>
  fetch(`${router.baseUrl}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${TEST_KEY}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });

describe("a model of a family", () => {
  test("is listed beside the configured ones and described by name", async () => {
    const listed = await client.models.list();
    expect(listed.data).toContainEqual({ ...known, object: "model", owned_by: "vouch" });
    expect(listed.data.map(({ id }) => id)).toContain("mock_n3");
    expect(await client.models.retrieve("fam/one")).toMatchObject(known);
    await expect(client.models.retrieve("fam/two")).rejects.toMatchObject({ status: 404 });
  });

  test("answers in one piece", async () => {
    const reply = await client.chat.completions.create(ask("hi"));
    expect(reply.choices[0]?.message.content).toBe("Whole");
    expect(seen.call).toMatchObject({ name: known.id, caller: { via: "key" } });
  });

  test("answers as a stream that ends as streams do", async () => {
    let text = "";
    for await (const part of await client.chat.completions.create({ ...ask("hi"), stream: true })) {
      text += part.choices[0]?.delta.content ?? "";
    }
    expect(text).toBe("Hello, world");
    const raw = await (await post({ ...ask("hi"), stream: true })).text();
    expect(raw.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("refuses before its first output with a real status", async () => {
    const refused = await post({ ...ask("early"), stream: true });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "3"]);
  });

  test("that breaks in the middle does not look whole", async () => {
    const text = await (await post({ ...ask("late"), stream: true })).text();
    expect(text).toContain("Hello");
    expect(text).toContain("stream_interrupted");
    expect(text).not.toContain("[DONE]");
  });

  test("is not known to other endpoints, nor under other names", async () => {
    const embedding = client.embeddings.create({ model: known.id, input: "x" });
    await expect(embedding).rejects.toMatchObject({ status: 404, code: "model_not_supported" });
    const other = client.chat.completions.create({ ...ask("hi"), model: "fam/two" });
    await expect(other).rejects.toMatchObject({ status: 404, code: "model_not_found" });
    await expect(client.chat.completions.create({ model: known.id, messages: [] })).rejects.toMatchObject({
      status: 400,
    });
  });

  test("is held back by a client that does not read, and told when it leaves", async () => {
    const leave = new AbortController();
    const response = await post({ ...ask("endless"), stream: true }, leave.signal);
    expect(response.status).toBe(200);
    let before = -1;
    await until(async () => {
      const isStill = seen.made === before;
      before = seen.made;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return isStill;
    }, "it is held back");
    seen.isClosed = false;
    leave.abort();
    await until(() => seen.isClosed, "its answer is closed");
    expect(seen.call?.signal.aborted).toBe(true);
    await until(() => router.router.stats().inFlight === 0, "the request is over");
  });
});
