import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { chatBody, postRaw } from "./test-client.ts";
import { startTestRouter, TEST_KEY, type TestRouter, until } from "./test-router.ts";
import {
  type SeenRequest,
  startTestHttpServer,
  type TestHttpServer,
} from "./upstreams/health/test-http-server.ts";

/** Models of the hostile upstream: each call has one of its own, so that none rests for what happened before. */
const PLACES = 100;

/** The key of every upstream of the test router. */
const UPSTREAM_KEY = "upstream-key";

let router: TestRouter;
/** An upstream that answers whatever a test wants. */
let hostile: TestHttpServer;
let answer: (request: SeenRequest, response: ServerResponse) => void;
let unhandled: unknown[];
let place = 0;
const nextModel = () => `hostile-${place++}`;

const onUnhandled = (error: unknown) => unhandled.push(error);

beforeAll(async () => {
  hostile = await startTestHttpServer((request, response) => answer(request, response));
  router = await startTestRouter({
    models: ["mock_n3"],
    timeouts: "totalMs: 2000",
    upstreams: [
      `  native: { kind: openai, baseUrl: '${hostile.url}/v1', responses: native }`,
      `  hostile: { kind: openai, baseUrl: '${hostile.url}/v1', apiKey: '\${env:KEY}', responses: mapped, completions: mapped }`,
    ].join("\n"),
    modelEntries: [
      ...Array.from(
        { length: PLACES },
        (_, place) => `  - { name: hostile-${place}, kind: chat, upstream: hostile }`,
      ),
      "  - { name: native, kind: chat, upstream: native }",
      "  - { name: affine, kind: chat, upstream: scripted, upstreamModel: mock_n3, policy: affinity }",
    ].join("\n"),
    settings: "retries: { max: 0 }\nbreaker: { failures: 1000 }",
  });
});
afterAll(async () => {
  await router.close();
  await hostile.close();
});
beforeEach(() => {
  unhandled = [];
  process.on("unhandledRejection", onUnhandled);
});
afterEach(async () => {
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled).toEqual([]);
  await until(() => router.router.stats().inFlight === 0, "nothing is in flight");
  const targets = router.router.state().models.flatMap((model) => model.targets);
  expect(targets.filter(({ inFlight }) => inFlight !== 0)).toEqual([]);
});

const chat = (more: object = {}, headers = {}) =>
  postRaw(`${router.baseUrl}/chat/completions`, chatBody(nextModel(), more), { headers });

const sendJson = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  answer = (_, response) => response.writeHead(status, headers).end(JSON.stringify(body));
};

const sendEvents = (...lines: string[]) => {
  answer = (_, response) => response.end(lines.map((line) => `data: ${line}\n\n`).join(""));
};

const delta = (content: string, more: object = {}) =>
  JSON.stringify({ id: "c1", model: "m", choices: [{ index: 0, delta: { content }, ...more }] });

/** Reads a stream as the specification of server-sent events wants it: CR alone ends a line as well. */
function parseStrictly(text: string): string[] {
  return text
    .split(/(?:\r\n|\r|\n){2}/)
    .map((block) =>
      block
        .split(/\r\n|\r|\n/)
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trim())
        .join("\n"),
    )
    .filter((data) => data !== "");
}

test.each([
  ["in an unknown field", (deep: string) => `"x":${deep}`],
  ["in the tools", (deep: string) => `"tools":${deep}`],
  ["in a message", (deep: string) => `"messages":[{"role":"user","content":${deep}}]`],
])("a body nested very deeply %s is refused, streamed or not", async (_, field) => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  for (const model of [nextModel(), "affine", "vouch-extractive-1"]) {
    for (const stream of [true, false]) {
      const body = `{"model":"${model}","stream":${stream},"messages":[{"role":"user","content":"a"}],${field(deep)}}`;
      const refused = await postRaw(`${router.baseUrl}/chat/completions`, body);
      expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([400, "invalid_json"]);
    }
  }
});

test("a lone CR between the tokens of an upstream's JSON does not tear events apart", async () => {
  sendEvents(
    '{"id":"c1",\r\r"model":"m","choices":[{"index":0,"delta":{"content":"hi"}}]}',
    delta("", { finish_reason: "stop" }),
    "[DONE]",
  );
  const events = parseStrictly((await chat({ stream: true })).text);
  expect(events.at(-1)).toBe("[DONE]");
  expect(JSON.parse(events[0] ?? "")).toMatchObject({ id: "c1", choices: [{ delta: { content: "hi" } }] });
});

test("text of a model that looks like events stays text", async () => {
  const trick = 'a\n\ndata: {"error":{"message":"x"}}\r\rdata: [DONE]\u2028\n\n';
  sendEvents(delta(trick), delta("", { finish_reason: "stop" }), "[DONE]");
  for (const [path, read] of [
    ["chat/completions", (event: string) => JSON.parse(event).choices[0].delta.content],
    ["completions", (event: string) => JSON.parse(event).choices[0].text],
  ] as const) {
    const body = {
      model: nextModel(),
      stream: true,
      prompt: "a",
      messages: [{ role: "user", content: "a" }],
    };
    const events = parseStrictly((await postRaw(`${router.baseUrl}/${path}`, body)).text);
    expect(read(events.find((event) => event.includes("DONE")) ?? "")).toBe(trick);
  }
});

test.each([401, 403, 404])(
  "status %s of an upstream is about the router, also as an event",
  async (status) => {
    const error = { message: `Incorrect API key provided: ${UPSTREAM_KEY}`, code: status, type: "auth" };
    sendEvents(JSON.stringify({ error }));
    const streamed = await chat({ stream: true });
    sendJson(status, { error });
    const whole = await chat();
    for (const { status: told, text } of [streamed, whole]) {
      expect(told).toBe(502);
      expect(text).not.toContain("Incorrect");
    }
  },
);

test("what an upstream says of the router's account and credentials is left out, the rest is passed on", async () => {
  const limit = "on tokens per min (TPM): Limit 30000, Used 29000";
  const message = `Rate limit reached for gpt-4o in organization org-AbCdEf123456 ${limit}. Key sk-proj-abc***wxyz.`;
  const error = { message, inner: ["Bearer abcdefgh12345678", "proj_AbCdEf123456"] };
  for (const [status, code] of [
    [429, "rate_limit_exceeded"],
    [400, "invalid_request_error"],
  ] as const) {
    sendJson(status, { error: { ...error, code } });
    const whole = await chat();
    sendEvents(JSON.stringify({ error: { ...error, code } }));
    for (const refused of [whole, await chat({ stream: true })]) {
      expect(refused.status).toBe(status);
      expect(refused.text).toContain(limit);
      expect(refused.text).not.toMatch(/AbCdEf|wxyz|abcdefgh/);
    }
  }
});

test("an upstream's empty account is not the client's spent budget", async () => {
  sendJson(429, { error: { message: "You exceeded your current quota", code: "insufficient_quota" } });
  const refused = await chat();
  expect(refused.status).toBe(503);
  expect(refused.text).not.toContain("insufficient_quota");
});

test("an upstream's name for an event cannot be more than a name", async () => {
  const done = { type: "response.completed", response: { output: [], usage: { input_tokens: 1 } } };
  const trick = { type: 'x\n\ndata: {"stolen":true}\r\rdata: y', delta: "a" };
  sendEvents(JSON.stringify(trick), JSON.stringify(done));
  const body = { model: "native", input: "a", stream: true };
  const events = parseStrictly((await postRaw(`${router.baseUrl}/responses`, body)).text);
  expect(events.map((event) => JSON.parse(event).type)).toEqual([trick.type, done.type]);
});

test("headers of an upstream reach no client", async () => {
  const reply = {
    choices: [{ index: 0, message: { role: "assistant", content: "a" }, finish_reason: "stop" }],
  };
  sendJson(200, reply, {
    "set-cookie": "session=stolen",
    "access-control-allow-origin": "*",
    "x-vouch-upstream": "forged",
    "x-request-id": "forged",
    location: "https://elsewhere.example",
    server: "secret-server/1.0",
  });
  const { headers } = await chat();
  expect(headers["x-vouch-upstream"]).toBe("hostile");
  expect(headers["x-request-id"]).not.toBe("forged");
  for (const name of ["set-cookie", "access-control-allow-origin", "location", "server"]) {
    expect(headers[name]).toBeUndefined();
  }
});

test("what a client sends as headers reaches no upstream", async () => {
  sendJson(400, { error: { message: "no" } });
  await chat(
    {},
    { cookie: "session=mine", "x-forwarded-for": "10.0.0.1", "api-key": "mine", "x-vouch-user": "a" },
  );
  const seen = hostile.seen.at(-1);
  expect(seen?.headers.authorization).toBe(`Bearer ${UPSTREAM_KEY}`);
  for (const name of ["cookie", "x-forwarded-for", "api-key", "x-vouch-user"]) {
    expect(seen?.headers[name]).toBeUndefined();
  }
  expect(JSON.stringify(seen)).not.toContain(TEST_KEY);
});

test("an upstream's redirect is not followed", async () => {
  sendJson(307, {}, { location: `${hostile.url}/elsewhere` });
  const asked = hostile.seen.length;
  expect((await chat()).status).toBe(502);
  expect(hostile.seen).toHaveLength(asked + 1);
});

test.each([
  ["chat/completions", { messages: [{ role: "user", content: "a" }] }],
  ["responses", { input: "a" }],
  ["completions", { prompt: "a" }],
])("a field called __proto__ changes nothing at /v1/%s", async (path, fields) => {
  sendJson(400, { error: { message: "no" } });
  const body = `${JSON.stringify({ model: nextModel(), ...fields }).slice(0, -1)},"__proto__":{"stream":true,"n":7,"polluted":1}}`;
  const refused = await postRaw(`${router.baseUrl}/${path}`, body);
  expect(refused.status).toBe(400);
  expect(refused.headers["content-type"]).toContain("application/json");
  const sent = JSON.parse(hostile.seen.at(-1)?.body ?? "{}");
  expect([sent.stream, sent.n, sent.polluted]).toEqual([undefined, undefined, undefined]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("models called like members of every object do not exist", async () => {
  for (const model of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    const refused = await postRaw(`${router.baseUrl}/chat/completions`, chatBody(model));
    expect(refused.status).toBe(404);
  }
});

test("an unknown model's name comes back as JSON and short", async () => {
  const name = `"}\r\nset-cookie: a=b\r\n\r\n<script>${"x".repeat(1_000)}`;
  const refused = await postRaw(`${router.baseUrl}/chat/completions`, chatBody(name));
  expect(refused.status).toBe(404);
  expect(refused.headers["set-cookie"]).toBeUndefined();
  expect(refused.headers["content-type"]).toContain("application/json");
  expect(JSON.parse(refused.text).error.message.length).toBeLessThan(300);
});

test("a request id that could be more than an id is replaced", async () => {
  for (const id of ["a", "x".repeat(65), "with space in it", "<script>alert(1)</script>"]) {
    sendJson(400, { error: { message: "no" } });
    const { headers } = await chat({}, { "x-request-id": id });
    expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(hostile.seen.at(-1)?.headers["x-request-id"]).toBe(headers["x-request-id"]);
  }
});

test.each([
  [
    "a chunk nested deeply",
    `{"choices":[{"index":0,"delta":{"reasoning":"a","x":${"[".repeat(50_000)}${"]".repeat(50_000)}}}]}`,
  ],
  ["choices with huge numbers", delta("a").replace('"index":0', '"index":4000000000')],
  [
    "tool calls with huge numbers",
    JSON.stringify({
      choices: [
        {
          index: 0,
          delta: { tool_calls: [{ index: 4e9, id: "a", function: { name: "f", arguments: "{}" } }] },
        },
      ],
    }),
  ],
  ["usage without bounds", `{"choices":[],"usage":{"prompt_tokens":1e308,"completion_tokens":-5}}`],
  ["choices that are no list", '{"choices":{"length":4000000000}}'],
  ["a delta that is a list", '{"choices":[{"index":0,"delta":[1,2,3]}]}'],
])("%s of an upstream ends no process", async (_, line) => {
  sendEvents(line, delta("b"), delta("", { finish_reason: "stop" }), "[DONE]");
  for (const path of ["chat/completions", "responses", "completions"]) {
    const body = {
      model: nextModel(),
      stream: true,
      prompt: "a",
      ...(path === "responses" ? { input: "a" } : { messages: [{ role: "user", content: "a" }] }),
    };
    const ended = await postRaw(`${router.baseUrl}/${path}`, body);
    expect(ended.status).toBeGreaterThan(0);
    expect(ended.text.length).toBeLessThan(1_000_000);
  }
});

test("limits beyond all numbers are refused or passed on, and never count backwards", async () => {
  sendJson(400, { error: { message: "no" } });
  for (const more of [
    { max_tokens: 1e300 },
    { n: 1e15 },
    { max_tokens: -5 },
    { n: -1 },
    { best_of: 1e300 },
  ]) {
    const refused = await chat(more);
    expect(refused.status).toBe(400);
  }
});

test("an endless line of an upstream is cut", async () => {
  const line = Buffer.alloc(1024 * 1024, "x");
  let isCut = false;
  answer = (_, response) => {
    response.once("close", () => {
      isCut = true;
    });
    response.write("data: ");
    const more = () => {
      while (!response.destroyed && response.write(line));
    };
    response.on("drain", more);
    more();
  };
  expect((await chat({ stream: true })).status).toBe(502);
  await until(() => isCut, "the upstream is cut");
});

test("a refused upload without end is not read for ever", async () => {
  const socket = connect(Number(new URL(router.url).port), "127.0.0.1");
  let isClosed = false;
  socket.on("error", () => {});
  socket.on("close", () => {
    isClosed = true;
  });
  socket.write("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  const block = `10000\r\n${"x".repeat(65_536)}\r\n`;
  await until(() => {
    for (let count = 0; count < 64 && !isClosed && socket.writableLength < 8_000_000; count += 1) {
      socket.write(block);
    }
    return isClosed;
  }, "the connection is closed");
});

test("the live state shows no secret", () => {
  expect(JSON.stringify(router.router.state())).not.toContain(UPSTREAM_KEY);
});
