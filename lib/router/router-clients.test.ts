import { createOpenAI } from "@ai-sdk/openai";
import { streamText } from "ai";
import OpenAI, { APIError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatSources, NOT_FOUND_ANSWER } from "../shared/prompt-contract.ts";
import { chatBody, postRaw } from "./test-client.ts";
import { startTestRouter, TEST_KEY, type TestRouter } from "./test-router.ts";

let router: TestRouter;
let client: OpenAI;

const messages = (question: string): OpenAI.ChatCompletionMessageParam[] => [
  {
    role: "system",
    content: `Answer from the sources.\n${formatSources([
      { number: 1, title: "Lease", text: "The rent is due on the first day of each month." },
      { number: 2, title: "Log", page: 3, text: "The pump was replaced in May 2024. It runs quietly." },
    ])}`,
  },
  { role: "user", content: question },
];

beforeAll(async () => {
  router = await startTestRouter({
    models: ["scripted-chat", "mock_n5", "mock_i5_n20_end3", "e400", "e429_ra10"],
  });
  client = new OpenAI({ apiKey: TEST_KEY, baseURL: router.baseUrl, maxRetries: 0 });
});
afterAll(() => router.close());

const failure = async (call: Promise<unknown>): Promise<APIError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof APIError) return error;
  throw new Error("no APIError", { cause: error });
};

describe("the official openai SDK, unchanged", () => {
  for (const model of ["scripted-chat", "vouch-extractive-1"]) {
    test(`streams a cited answer from ${model}`, async () => {
      let text = "";
      let finish: string | null = null;
      let usage: OpenAI.CompletionUsage | null = null;
      const stream = await client.chat.completions.create({
        model,
        messages: messages("When was the pump replaced?"),
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        finish = chunk.choices[0]?.finish_reason ?? finish;
        usage = chunk.usage ?? usage;
      }
      expect(text).toBe("The pump was replaced in May 2024. [2]");
      expect(finish).toBe("stop");
      expect(usage?.completion_tokens).toBeGreaterThan(0);
    });

    test(`gets a whole answer from ${model}`, async () => {
      const { data, response } = await client.chat.completions
        .create({ model, messages: messages("When was the pump replaced?") })
        .withResponse();
      expect(data.choices[0]?.message.content).toBe("The pump was replaced in May 2024. [2]");
      expect(response.headers.get("x-request-id")).toBeTruthy();
      expect(response.headers.get("x-vouch-attempts")).toBe("1");
    });
  }

  test("the scripted upstream refuses what the sources do not hold", async () => {
    const answer = await client.chat.completions.create({
      model: "scripted-chat",
      messages: messages("Who won yesterday?"),
    });
    expect(answer.choices[0]?.message.content).toBe(NOT_FOUND_ANSWER);
  });

  test("embeds with the built-in and with an upstream's model", async () => {
    // The SDK asks for base64 by itself and decodes it.
    const [one, two] = (
      await client.embeddings.create({ model: "vouch-embed-1", input: ["a pump", "a lease"] })
    ).data;
    expect(one?.embedding).toHaveLength(384);
    expect(two?.embedding).not.toEqual(one?.embedding);
    const remote = await client.embeddings.create({
      model: "scripted-embed",
      input: "a pump",
      encoding_format: "float",
    });
    expect(remote.data[0]?.embedding).toHaveLength(64);
    expect(remote.usage.prompt_tokens).toBe(2);
  });

  test("lists models and shows one", async () => {
    const ids = (await client.models.list()).data.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(["scripted-chat", "scripted-embed", "vouch-extractive-1", "vouch-embed-1"]),
    );
    expect(await client.models.retrieve("scripted-chat")).toMatchObject({
      object: "model",
      owned_by: "scripted",
    });
    expect((await failure(client.models.retrieve("absent"))).status).toBe(404);
  });

  test("unknown fields reach the upstream", async () => {
    const body = { ...chatBody("mock_n5"), messages: messages("x"), seed: 7, made_up_field: { deep: [1] } };
    await client.chat.completions.create(body);
    expect(router.upstream.ledger.entries.at(-1)?.body).toMatchObject({
      seed: 7,
      made_up_field: { deep: [1] },
    });
  });

  test("gets typed errors: wrong key, unknown model, bad request, rate limit", async () => {
    const stranger = new OpenAI({ apiKey: "vch_wrong", baseURL: router.baseUrl, maxRetries: 0 });
    const wrongKey = await failure(stranger.models.list());
    expect(wrongKey).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(wrongKey.code).toBe("invalid_api_key");
    const unknown = await failure(
      client.chat.completions.create({ model: "absent", messages: messages("x") }),
    );
    expect(unknown).toBeInstanceOf(OpenAI.NotFoundError);
    expect([unknown.code, unknown.param, unknown.type]).toEqual([
      "model_not_found",
      "model",
      "invalid_request_error",
    ]);
    const empty = await failure(client.chat.completions.create({ model: "mock_n5", messages: [] }));
    expect(empty).toBeInstanceOf(OpenAI.BadRequestError);
    expect(empty.param).toBe("messages");
    const refused = await failure(client.chat.completions.create({ model: "e400", messages: messages("x") }));
    expect([refused.status, refused.code, refused.type]).toEqual([400, "scripted", "scripted_error"]);
    const limited = await failure(
      client.chat.completions.create({ model: "e429_ra10", messages: messages("x") }),
    );
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
    const misplaced = await failure(
      client.chat.completions.create({ model: "scripted-embed", messages: messages("x") }),
    );
    expect(misplaced.status).toBe(404);
  });

  test("a broken stream raises an error instead of ending", async () => {
    const stream = await client.chat.completions.create({
      model: "mock_i5_n20_end3",
      messages: messages("x"),
      stream: true,
    });
    const error = await failure(
      (async () => {
        for await (const _ of stream);
      })(),
    );
    expect(error.code).toBe("stream_interrupted");
  });
});

test("@ai-sdk/openai streams through .chat()", async () => {
  const provider = createOpenAI({ apiKey: TEST_KEY, baseURL: router.baseUrl });
  const result = streamText({
    model: provider.chat("scripted-chat"),
    messages: [{ role: "user", content: "When was the pump replaced?" }],
    system: String(messages("")[0]?.content),
  });
  expect(await result.text).toBe("The pump was replaced in May 2024. [2]");
  expect(await result.finishReason).toBe("stop");
  expect((await result.usage).outputTokens).toBeGreaterThan(0);
});

describe("edges of the interface", () => {
  const chat = () => `${router.baseUrl}/chat/completions`;

  test("an unknown address, a wrong method and no key answer in OpenAI's shape", async () => {
    const shape = {
      error: {
        message: expect.any(String),
        type: "invalid_request_error",
        param: null,
        code: expect.any(String),
      },
    };
    const unknown = await postRaw(`${router.baseUrl}/responses/x`, {});
    expect([unknown.status, JSON.parse(unknown.text)]).toEqual([404, shape]);
    const wrongMethod = await postRaw(`${router.baseUrl}/models`, {});
    expect([wrongMethod.status, JSON.parse(wrongMethod.text), wrongMethod.headers.allow]).toEqual([
      405,
      shape,
      "GET",
    ]);
    const noKey = await fetch(`${router.baseUrl}/models`);
    expect([noKey.status, await noKey.json()]).toEqual([401, shape]);
  });

  test("bodies that are no JSON object are refused", async () => {
    for (const body of ["{", "[]", "null", ""]) {
      const answer = await postRaw(chat(), body);
      expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([400, "invalid_json"]);
    }
  });

  test("odd messages never become an error of ours", async () => {
    for (const messages of [
      [null],
      ["x"],
      {},
      [{ role: "user", content: 5 }],
      [{}],
      [{ role: 7, content: [null, 1] }],
    ]) {
      for (const stream of [true, false]) {
        const answer = await postRaw(chat(), { model: "vouch-extractive-1", messages, stream });
        expect(answer.status, JSON.stringify(messages)).toBeLessThan(500);
      }
    }
  });

  test("a body over 10 MB is refused with its length announced and without", async () => {
    const large = JSON.stringify({ ...chatBody("mock_n5"), filler: "x".repeat(11 * 1024 * 1024) });
    const chunked = { "transfer-encoding": "chunked" };
    for (const headers of [{}, chunked]) {
      const answer = await postRaw(chat(), large, { headers });
      expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([413, "body_too_large"]);
    }
  });

  test("the caller's request id is kept, goes upstream and into the usage row", async () => {
    const headers = { "x-request-id": "request-0123456789" };
    const answer = await postRaw(chat(), chatBody("mock_n5", { stream: true }), { headers });
    expect(answer.headers["x-request-id"]).toBe("request-0123456789");
    expect(router.usage.at(-1)?.requestId).toBe("request-0123456789");
    const seen = router.upstream.ledger.entries.at(-1);
    expect(seen?.headers["x-request-id"]).toBe("request-0123456789");
    expect(seen?.headers.authorization).toBe("Bearer upstream-key");
  });
});
