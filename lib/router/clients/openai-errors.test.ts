import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chatBody, postRaw } from "../test-client.ts";
import { TEST_KEY, type TestRouter } from "../test-router.ts";
import { apiErrorOf, startClientRouter } from "./test-setup.ts";

let router: TestRouter;
let client: OpenAI;

beforeAll(async () => {
  router = await startClientRouter([
    "e400",
    "e429_ra10",
    "e500",
    "e503",
    "mock_cf",
    "mock_html",
    "mock_i5_n20_end3",
  ]);
  client = new OpenAI({ apiKey: TEST_KEY, baseURL: router.baseUrl, maxRetries: 0 });
});
afterAll(() => router.close());

const messages = [{ role: "user", content: "x" }] as const satisfies OpenAI.ChatCompletionMessageParam[];

/** The same call of every endpoint that generates text, streamed and not. */
const calls: Readonly<Record<string, (model: string, from?: OpenAI) => Promise<unknown>>> = {
  chat: (model, from = client) => from.chat.completions.create({ model, messages }),
  "streamed chat": (model, from = client) => from.chat.completions.create({ model, messages, stream: true }),
  completion: (model, from = client) => from.completions.create({ model, prompt: "x" }),
  "streamed completion": (model, from = client) =>
    from.completions.create({ model, prompt: "x", stream: true }),
  response: (model, from = client) => from.responses.create({ model, input: "x" }),
  "streamed response": (model, from = client) => from.responses.create({ model, input: "x", stream: true }),
};

describe.each(Object.entries(calls))("a %s", (_name, call) => {
  test("with a wrong key is an authentication error", async () => {
    const stranger = new OpenAI({ apiKey: "vch_wrong", baseURL: router.baseUrl, maxRetries: 0 });
    const error = await apiErrorOf(call("mock_n5", stranger));
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(error.code).toBe("invalid_api_key");
  });

  test("of an unknown model is not found", async () => {
    const error = await apiErrorOf(call("absent"));
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect([error.code, error.param, error.type]).toEqual([
      "model_not_found",
      "model",
      "invalid_request_error",
    ]);
  });

  test("of a model of another kind is not found", async () => {
    const error = await apiErrorOf(call("scripted-embed"));
    expect([error.status, error.code]).toEqual([404, "model_not_supported"]);
  });

  test("refused by the upstream keeps the upstream's words", async () => {
    const error = await apiErrorOf(call("e400"));
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect([error.code, error.type]).toEqual(["scripted", "scripted_error"]);
  });

  test("that asks too much is a rate limit error", async () => {
    const error = await apiErrorOf(call("e429_ra10"));
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
  });

  test("at a broken upstream is a server error with a request id", async () => {
    for (const model of ["e500", "e503"]) {
      const error = await apiErrorOf(call(model));
      expect(error).toBeInstanceOf(OpenAI.InternalServerError);
      expect(error.requestID).toBeTruthy();
    }
  });

  test("filtered keeps Azure's verdict", async () => {
    const error = await apiErrorOf(call("mock_cf"));
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error.code).toBe("content_filter");
    expect(error.error).toMatchObject({
      innererror: { content_filter_result: { violence: { filtered: true } } },
    });
  });
});

test("a page of a proxy in place of an answer is a bad gateway", async () => {
  const error = await apiErrorOf(client.chat.completions.create({ model: "mock_html", messages }));
  expect([error.status, error.type]).toEqual([502, "upstream_error"]);
});

test("bad fields are bad requests that name them", async () => {
  const empty = await apiErrorOf(client.chat.completions.create({ model: "mock_n5", messages: [] }));
  expect(empty).toBeInstanceOf(OpenAI.BadRequestError);
  expect(empty.param).toBe("messages");
  const input = 5 as unknown as string;
  expect((await apiErrorOf(client.responses.create({ model: "mock_n5", input }))).param).toBe("input");
});

test("a broken stream raises an error instead of ending", async () => {
  const stream = await client.chat.completions.create({ model: "mock_i5_n20_end3", messages, stream: true });
  const error = await apiErrorOf(
    (async () => {
      for await (const _ of stream);
    })(),
  );
  expect(error.code).toBe("stream_interrupted");
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
    for (const odd of [
      [null],
      ["x"],
      {},
      [{ role: "user", content: 5 }],
      [{}],
      [{ role: 7, content: [null, 1] }],
    ]) {
      for (const stream of [true, false]) {
        for (const [path, field] of [
          ["chat/completions", "messages"],
          ["responses", "input"],
          ["completions", "prompt"],
        ]) {
          const body = { model: "vouch-extractive-1", [String(field)]: odd, stream };
          const answer = await postRaw(`${router.baseUrl}/${path}`, body);
          expect(answer.status, `${path} ${JSON.stringify(odd)}`).toBeLessThan(500);
        }
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
