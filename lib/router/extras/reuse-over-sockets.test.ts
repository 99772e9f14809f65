import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { beginCall } from "../behaviours/scenario.ts";
import type { JsonObject } from "../http/read-json-body.ts";
import { chatBody, postRaw } from "../test-client.ts";
import { startTestRouter, type TestRouter, until } from "../test-router.ts";

const PRICE = "price: { input: 2, cachedInput: 1, output: 10 }";
const cached = (name: string) =>
  `  - { name: ${name}, kind: chat, upstream: scripted, ${PRICE}, cache: { ttlSeconds: 60 } }`;

let router: TestRouter;
let question = 0;

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    models: ["mock_n3_plain"],
    modelEntries: [
      ...["mock_n3", "mock_n40", "mock_n3_azf", "mock_tool", "mock_n6_rst3", "mock_n6_bad", "mock_d300"].map(
        cached,
      ),
      `  - { name: cached-embed, kind: embedding, upstream: scripted, upstreamModel: scripted-embed, cache: { ttlSeconds: 60 } }`,
      `  - { name: real, kind: chat, upstream: scripted, upstreamModel: mock_n3, ${PRICE}, shadow: { model: other, share: 1 } }`,
      `  - { name: other, kind: chat, upstream: second, upstreamModel: mock_n5, ${PRICE} }`,
      `  - { name: with-broken-shadow, kind: chat, upstream: scripted, upstreamModel: mock_n3, ${PRICE}, shadow: { model: broken, share: 1 } }`,
      `  - { name: broken, kind: chat, upstream: second, upstreamModel: e500, ${PRICE} }`,
      `  - { name: hedged, kind: chat, ${PRICE}, policy: weighted, hedge: { afterMs: 30 }, targets: [{ upstream: scripted, upstreamModel: mock_t20000_n3, weight: 1 }, { upstream: second, upstreamModel: mock_t400_n3, weight: 0 }] }`,
    ].join("\n"),
    settings: "aliases: { auto: { light: mock_n3_plain, heavy: real } }\nretries: { max: 0 }",
  });
});
afterAll(() => router.close());
beforeEach(() => {
  router.upstream.ledger.clear();
  router.upstream2.ledger.clear();
  router.usage.length = 0;
  question += 1;
});

/** A question nobody asked before in this file. */
const body = (model: string, more: object = {}) => ({
  ...chatBody(model, { temperature: 0, ...more }),
  messages: [{ role: "user", content: `question ${question}` }],
});
const ask = (written: object, headers: Record<string, string> = {}, path = "chat/completions") =>
  postRaw(`${router.baseUrl}/${path}`, written, { headers });
const calls = () => router.upstream.ledger.entries.length;
const textOf = (events: readonly string[]) =>
  events
    .filter((event) => event !== "[DONE]")
    .map(
      (event) =>
        (JSON.parse(event) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content,
    )
    .join("");

describe("an equal request with temperature 0", () => {
  test("gets the stored answer, byte for byte, and costs nothing", async () => {
    const first = await ask(body("mock_n3"));
    const second = await ask({ metadata: { a: "b" }, ...body("mock_n3") });
    expect(first.headers["x-vouch-cache"]).toBe("miss");
    expect(second.headers).toMatchObject({
      "x-vouch-cache": "hit",
      age: "0",
      "x-vouch-upstream": "cache",
      "x-vouch-attempts": "0",
    });
    expect(second.text).toBe(first.text);
    expect(calls()).toBe(1);
    expect(
      router.usage.map((row) => [row.upstream, row.outcome, row.costMicros, row.completionTokens]),
    ).toEqual([
      ["scripted", "complete", expect.any(Number), expect.any(Number)],
      ["cache", "complete", 0, 0],
    ]);
  });

  test("gets as a stream what came as a stream, or in one piece", async () => {
    const streamed = await ask(body("mock_n40", { stream: true, stream_options: { include_usage: true } }));
    const again = await ask(body("mock_n40", { stream: true, stream_options: { include_usage: true } }));
    const bare = await ask(body("mock_n40", { stream: true }));
    const whole = await ask(body("mock_n40"));
    expect([streamed, again, bare, whole].map(({ headers }) => headers["x-vouch-cache"])).toEqual([
      "miss",
      "hit",
      "hit",
      "hit",
    ]);
    expect(calls()).toBe(1);
    expect(textOf(again.events)).toBe(textOf(streamed.events));
    expect(again.events.at(-1)).toBe("[DONE]");
    const usageOf = (event: string | undefined) => (JSON.parse(event ?? "") as JsonObject).usage;
    expect(usageOf(again.events.at(-2))).toEqual(usageOf(streamed.events.at(-2)));
    expect(bare.events.some((event) => event.includes("usage"))).toBe(false);
    const choices = (JSON.parse(whole.text) as { choices: { message: JsonObject }[] }).choices;
    expect(choices[0]?.message.content).toBe(textOf(streamed.events));
  });

  test("gets Azure's filter results with the stored answer", async () => {
    await ask(body("mock_n3_azf", { stream: true }));
    const again = await ask(body("mock_n3_azf", { stream: true }));
    expect(again.headers["x-vouch-cache"]).toBe("hit");
    expect(again.events[0]).toContain("prompt_filter_results");
  });

  test("gets stored vectors", async () => {
    const written = { model: "cached-embed", input: [`text ${question}`] };
    const first = await ask(written, {}, "embeddings");
    const second = await ask(written, {}, "embeddings");
    expect([first.headers["x-vouch-cache"], second.headers["x-vouch-cache"]]).toEqual(["miss", "hit"]);
    expect(second.text).toBe(first.text);
  });
});

describe("an answer is asked for again", () => {
  test.each([
    ["another temperature", { temperature: 0.5 }, "bypass"],
    ["another seed", { seed: 7 }, "miss"],
    ["tools", { tools: [{ type: "function", function: { name: "f" } }] }, "bypass"],
  ])("for %s", async (_what, more, result) => {
    await ask(body("mock_n3"));
    const other = await ask(body("mock_n3", more));
    expect(other.headers["x-vouch-cache"]).toBe(result);
    expect(calls()).toBe(2);
  });

  test("when the client wants a fresh one, which is then the stored one", async () => {
    await ask(body("mock_n3"));
    expect((await ask(body("mock_n3"), { "x-vouch-cache": "refresh" })).headers["x-vouch-cache"]).toBe(
      "miss",
    );
    expect((await ask(body("mock_n3"))).headers["x-vouch-cache"]).toBe("hit");
    expect(calls()).toBe(2);
  });

  test("when the client wants it stored nowhere", async () => {
    for (let time = 0; time < 2; time += 1) {
      expect((await ask(body("mock_n3"), { "x-vouch-cache": "no-store" })).headers["x-vouch-cache"]).toBe(
        "bypass",
      );
    }
    expect((await ask(body("mock_n3"))).headers["x-vouch-cache"]).toBe("miss");
  });

  test.each(["mock_n6_rst3", "mock_n6_bad", "mock_tool"])(
    "when it was not whole or acts: %s",
    async (model) => {
      for (let time = 0; time < 2; time += 1) {
        const answer = await ask(body(model, { stream: true }));
        expect(answer.headers["x-vouch-cache"]).toBe("miss");
      }
      expect(calls()).toBe(2);
    },
  );

  test("of a model without a cache, which does not speak of one, unless the client allows it", async () => {
    const plain = () => ask(body("mock_n3_plain", { temperature: 1 }));
    expect((await plain()).headers["x-vouch-cache"]).toBeUndefined();
    const allow = () => ask(body("mock_n3_plain", { temperature: 1 }), { "x-vouch-cache": "allow" });
    expect((await allow()).headers["x-vouch-cache"]).toBe("miss");
    expect((await allow()).headers["x-vouch-cache"]).toBe("hit");
  });

  test("never for a misspelt header: that is an error", async () => {
    const answer = await ask(body("mock_n3"), { "x-vouch-cache": "nostore" });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("invalid_header");
    expect(calls()).toBe(0);
  });
});

describe("equal requests at the same time", () => {
  test("are one call, paid once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(body("mock_d300"))));
    expect(calls()).toBe(1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const results = answers.map(({ headers }) => headers["x-vouch-cache"]);
    expect(results.filter((result) => result === "miss")).toHaveLength(1);
    expect(results.filter((result) => result === "shared")).toHaveLength(19);
    expect(router.usage.filter((row) => row.upstream === "scripted")).toHaveLength(1);
    expect(router.usage.filter((row) => row.upstream === "cache" && row.costMicros === 0)).toHaveLength(19);
  });

  test("go on when the one that was first leaves", async () => {
    const leader = beginCall(router, body("mock_d300"));
    await until(() => calls() === 1, "the call is there");
    const follower = ask(body("mock_d300"));
    await new Promise((resolve) => setImmediate(resolve));
    await until(() => router.router.stats().inFlight === 2, "both are under way");
    leader.leave();
    const answer = await follower;
    expect(answer.headers["x-vouch-cache"]).toBe("shared");
    expect(calls()).toBe(1);
    expect(router.upstream.ledger.entries[0]?.isAborted).toBe(false);
    await until(() => router.router.stats().inFlight === 0, "the leader is done");
  });

  test("end the call when all of them leave", async () => {
    const both = [beginCall(router, body("mock_d300")), beginCall(router, body("mock_d300"))];
    await until(() => calls() === 1 && router.router.stats().inFlight === 2, "both are under way");
    for (const call of both) call.leave();
    await until(() => router.upstream.ledger.entries[0]?.isAborted === true, "the upstream is told");
    await until(() => router.router.stats().inFlight === 0, "nothing is under way");
    expect(router.usage.map((row) => [row.upstream, row.outcome])).toEqual([["scripted", "cancelled"]]);
  });
});

describe("a shadow", () => {
  test("is asked the same without a stream, and its row stands apart", async () => {
    const answer = await ask(body("real", { stream: true }));
    expect(answer.events.at(-1)).toBe("[DONE]");
    await until(() => router.usage.length === 2, "the copy is recorded");
    const [real, copy] = router.usage;
    expect(real).toMatchObject({ model: "real", upstream: "scripted", completionTokens: 3 });
    expect(copy).toMatchObject({
      model: "other",
      upstream: "second",
      outcome: "complete",
      completionTokens: 5,
      requestId: `shadow:${real?.requestId}`,
    });
    const sent = router.upstream2.ledger.entries[0]?.body as JsonObject;
    expect(sent).toMatchObject({
      model: "mock_n5",
      messages: [{ role: "user", content: `question ${question}` }],
    });
    expect(sent.stream ?? false).toBe(false);
  });

  test("that fails is nobody's error", async () => {
    const answer = await ask(body("with-broken-shadow"));
    expect(answer.status).toBe(200);
    await until(() => router.usage.length === 2, "the copy is recorded");
    expect(router.usage[1]).toMatchObject({ model: "broken", outcome: "failed" });
  });
});

test("an alias with two tiers says why it chose", async () => {
  const light = await ask(body("auto"));
  const heavy = await ask({ ...body("auto"), messages: [{ role: "user", content: "Compare both leases." }] });
  expect(light.headers["x-vouch-tier"]).toBe("light");
  expect(heavy.headers["x-vouch-tier"]).toBe("heavy; compares");
  expect(router.usage.slice(0, 1).map(({ model }) => model)).toEqual(["mock_n3_plain"]);
});

test("second requests are a few of all, however slow the first place is", async () => {
  // Copies for the shadow of an earlier test may still arrive there.
  const seconds = () => router.upstream2.ledger.entries.filter(({ model }) => model === "mock_t400_n3");
  const going = Array.from({ length: 20 }, () => beginCall(router, body("hedged", { stream: true })));
  await until(() => calls() === 20, "all are asked");
  await until(() => seconds().some(({ isComplete }) => isComplete), "a second one answered");
  for (const call of going) call.leave();
  await until(() => router.router.stats().inFlight === 0, "nothing is under way");
  expect(seconds().length).toBeLessThanOrEqual(2);
  const { hedges, cache } = router.router.state();
  expect(hedges).toEqual([
    { model: "hedged", delayMs: 30, requests: 20, hedged: seconds().length, refused: expect.any(Number) },
  ]);
  expect(cache.hits).toBeGreaterThan(0);
});
