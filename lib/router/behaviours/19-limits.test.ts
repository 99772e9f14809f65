import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  findRedisServer,
  type RedisFront,
  startRedisFront,
} from "../../../e2e/redis-front/start-redis-front.ts";
import { chatBody, postRaw, type RawAnswer } from "../test-client.ts";
import { startTestRouter, type TestRouter, until } from "../test-router.ts";
import { LIMITED_MODELS, type LimitedRouterOptions, limiterOver } from "./limited-router.ts";
import { beginCall, stream, whole } from "./scenario.ts";

const MINUTE_MS = 60_000;
const children: ChildProcess[] = [];
let redis: RedisFront;
let router: TestRouter | undefined;

function optionsFor(limits: string): LimitedRouterOptions {
  // The limiter's clock begins a second after a full minute: no test runs into the next.
  const aheadMs = MINUTE_MS - (Date.now() % MINUTE_MS) + 1_000;
  return { redis: { url: redis.url, token: redis.token }, limits, aheadMs };
}

async function startLimited(limits: string): Promise<TestRouter> {
  router = await startTestRouter({
    models: LIMITED_MODELS,
    settings: `limits: { user: { ${limits} } }`,
    limiter: limiterOver(optionsFor(limits)),
  });
  return router;
}

async function forkRouter(options: LimitedRouterOptions): Promise<string> {
  const file = fileURLToPath(new URL("limited-router.ts", import.meta.url));
  const child = fork(file, [JSON.stringify(options)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  children.push(child);
  const [{ baseUrl }] = await once(child, "message");
  return baseUrl;
}

function statuses(answers: readonly RawAnswer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe.skipIf(findRedisServer() === undefined)("limits in a real Redis (needs redis-server)", () => {
  beforeAll(async () => {
    redis = await startRedisFront();
  });
  afterEach(async () => {
    redis.mode = "up";
    await router?.close();
    router = undefined;
    await redis.send(["FLUSHALL"]);
  });
  afterAll(async () => {
    for (const child of children) child.disconnect();
    await redis.close();
  });

  test("100 requests a minute: of 400 at once to two router processes exactly 100 pass", async () => {
    const options = optionsFor("requestsPerMinute: 100");
    const addresses = await Promise.all([forkRouter(options), forkRouter(options)]);
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, index) =>
        postRaw(`${addresses[index % 2]}/chat/completions`, chatBody("mock_n5", { stream: index % 4 < 2 })),
      ),
    );
    expect(statuses(answers)).toEqual({ 200: 100, 429: 300 });
    const refused = answers.find(({ status }) => status === 429);
    expect(JSON.parse(refused?.text ?? "").error).toMatchObject({ code: "rate_limit_exceeded" });
    expect(Number(refused?.headers["retry-after-ms"])).toBeGreaterThan(0);
    expect(Number(refused?.headers["retry-after"])).toBeLessThanOrEqual(60);
  });

  test("tokens are reserved with the answer's bound and settled with what was really used", async () => {
    const limited = await startLimited("tokensPerMinute: 1000");
    const first = await whole(limited, "mock_n5", { max_tokens: 900 });
    expect(first.status).toBe(200);
    const { promptTokens = 0, completionTokens = 0 } = limited.usage.at(-1) ?? {};
    const second = await whole(limited, "mock_n5", { max_tokens: 900 });
    expect(second.status).toBe(200);
    expect(Number(second.headers["x-ratelimit-remaining-tokens"])).toBeLessThanOrEqual(
      1000 - promptTokens - completionTokens,
    );
    expect((await whole(limited, "mock_n5", { max_tokens: 1000 })).status).toBe(429);
  });

  test("a running stream holds its bound, and a client that leaves gives it back", async () => {
    const limited = await startLimited("tokensPerMinute: 1000");
    const { leave } = beginCall(limited, chatBody("mock_i400_n500", { stream: true, max_tokens: 800 }));
    await until(() => (limited.upstream.ledger.entries[0]?.tokensSent ?? 0) > 0, "the stream runs");
    expect(limited.router.stats().reservations).toBe(1);
    const refused = await stream(limited, "mock_n5", { max_tokens: 800 });
    expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([429, "rate_limit_exceeded"]);
    leave();
    await until(() => limited.router.stats().reservations === 0, "the reservation is gone");
    expect((await stream(limited, "mock_n5", { max_tokens: 800 })).status).toBe(200);
  });

  test("a stream's slot is free again when its client leaves", async () => {
    const limited = await startLimited("concurrentStreams: 2");
    const calls = [1, 2].map(() => beginCall(limited, chatBody("mock_i400_n500", { stream: true })));
    await until(() => limited.router.stats().reservations === 2, "two streams run");
    expect((await stream(limited, "mock_n5")).status).toBe(429);
    expect((await whole(limited, "mock_n5")).status).toBe(200);
    calls[0]?.leave();
    // A refusal stands for some milliseconds before the counters are asked again.
    await until(async () => (await stream(limited, "mock_n5")).status === 200, "a slot is free");
    calls[1]?.leave();
    await until(() => limited.router.stats().reservations === 0, "nothing is reserved");
  });

  test("an embedding takes no stream's slot, whatever its body says of streams", async () => {
    const limited = await startLimited("concurrentStreams: 1");
    const { leave } = beginCall(limited, chatBody("mock_i400_n500", { stream: true }));
    await until(() => limited.router.stats().reservations === 1, "a stream runs");
    const body = { model: "scripted-embed", input: "text", stream: true };
    expect((await postRaw(`${limited.baseUrl}/embeddings`, body)).status).toBe(200);
    expect((await stream(limited, "mock_n5")).status).toBe(429);
    leave();
  });

  test("while Redis is down a router counts by itself: never without a limit", async () => {
    redis.mode = "failing";
    const limited = await startLimited("requestsPerMinute: 20");
    const answers = await Promise.all(Array.from({ length: 60 }, () => whole(limited, "mock_n5")));
    const { 200: passed = 0, 429: refused = 0 } = statuses(answers);
    expect(passed).toBeGreaterThan(0);
    expect(passed).toBeLessThanOrEqual(20);
    expect(passed + refused).toBe(60);
    expect(limited.router.stats().reservations).toBe(0);
  });

  test("once Redis is known to be down nobody waits for it, although it may never answer", async () => {
    redis.mode = "failing";
    const limited = await startLimited("requestsPerMinute: 80");
    expect((await whole(limited, "mock_n5")).status).toBe(200);
    // From now on whoever waited for it would wait for the limiter's whole patience.
    redis.mode = "silent";
    const answers = await Promise.all(Array.from({ length: 5 }, () => whole(limited, "mock_n5")));
    expect(statuses(answers)).toEqual({ 200: 5 });
    expect(limited.router.stats().reservations).toBe(0);
  });
});
