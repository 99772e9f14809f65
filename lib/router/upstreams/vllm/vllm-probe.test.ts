import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestHttpServer, type TestHttpServer } from "../health/test-http-server.ts";
import { missingModels } from "./read-served-models.ts";
import { createVllmProbe, type VllmProbe, type VllmProbeDeps } from "./vllm-probe.ts";

let server: TestHttpServer;
let answers: Record<string, (response: ServerResponse) => void>;
let nowMs: number;
/** Pauses between rounds, in the order they began. */
let pausesMs: number[];
let goOn: () => void;
let probes: VllmProbe[];

const metrics = (running: number, waiting: number) => (response: ServerResponse) =>
  response.end(
    `vllm:num_requests_running{model_name="base"} ${running}\nvllm:num_requests_waiting{model_name="base"} ${waiting}\n`,
  );
const status = (code: number) => (response: ServerResponse) => response.writeHead(code).end();
const models =
  (...data: object[]) =>
  (response: ServerResponse) =>
    response.end(JSON.stringify({ data }));

/** A probe whose rounds begin when the test says so. */
function probe(config: { url?: string; metricsIntervalMs?: number } = {}, deps: Partial<VllmProbeDeps> = {}) {
  const one = createVllmProbe(
    {
      name: "gpu",
      baseUrl: `${config.url ?? server.url}/v1`,
      apiKey: "key",
      metricsIntervalMs: config.metricsIntervalMs ?? 2_000,
    },
    {
      now: () => nowMs,
      random: () => 0.5,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          pausesMs.push(ms);
          goOn = resolve;
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
      ...deps,
    },
  );
  probes.push(one);
  return one;
}

/** Waits for the end of the given round; 1 is the first. */
const round = (count: number) => expect.poll(() => pausesMs.length, { timeout: 10_000 }).toBe(count);

beforeEach(async () => {
  nowMs = 500;
  pausesMs = [];
  probes = [];
  answers = {
    "/health": status(200),
    "/metrics": metrics(3, 1),
    "/v1/models": models({ id: "base", parent: null }, { id: "sql-lora", parent: "base" }),
  };
  server = await startTestHttpServer(({ path }, response) => (answers[path] ?? status(404))(response));
});
afterEach(async () => {
  for (const one of probes) one.close();
  await server.close();
});

test("a server's load, health, models and adapters are known after the first round", async () => {
  const gpu = probe();
  expect([gpu.load(), gpu.isHealthy(), gpu.models()]).toEqual([undefined, undefined, undefined]);
  await round(1);
  expect(gpu.load()).toEqual({ running: 3, waiting: 1, cacheUse: undefined, atMs: 500 });
  expect(gpu.load("sql-lora")).toEqual(gpu.load());
  expect(gpu.isHealthy()).toBe(true);
  expect(gpu.models()).toEqual([
    { id: "base", parent: undefined },
    { id: "sql-lora", parent: "base" },
  ]);
  expect(missingModels(["base", "sql-lora", "chat-lora"], gpu.models())).toEqual(["chat-lora"]);
  expect(server.seen.every(({ headers }) => headers.authorization === "Bearer key")).toBe(true);
});

test("load is read anew each round, the list of models now and then", async () => {
  const gpu = probe();
  await round(1);
  answers["/metrics"] = metrics(9, 0);
  nowMs += 2_000;
  goOn();
  await round(2);
  expect(gpu.load()).toMatchObject({ running: 9, atMs: 2_500 });
  expect(server.seen.filter(({ path }) => path === "/v1/models")).toHaveLength(1);
  nowMs += 30_000;
  goOn();
  await round(3);
  expect(server.seen.filter(({ path }) => path === "/v1/models")).toHaveLength(2);
});

test("figures grow stale when they can no longer be read", async () => {
  const gpu = probe();
  await round(1);
  answers["/metrics"] = status(500);
  nowMs += 7_000;
  expect(gpu.load()).toBeDefined();
  goOn();
  await round(2);
  nowMs += 1;
  expect(gpu.load()).toBeUndefined();
});

test("a dead engine is down at once and up again as soon as it answers", async () => {
  const gpu = probe();
  await round(1);
  answers["/health"] = status(503);
  goOn();
  await round(2);
  expect(gpu.isHealthy()).toBe(false);
  answers["/health"] = status(200);
  answers["/v1/models"] = models({ id: "base" });
  goOn();
  await round(3);
  expect(gpu.isHealthy()).toBe(true);
  expect(missingModels(["sql-lora"], gpu.models())).toEqual(["sql-lora"]);
});

test("a server that is away is asked ever less often, up to a limit", async () => {
  const gpu = probe({ url: "http://127.0.0.1:1" });
  for (let count = 1; count <= 6; count += 1) {
    await round(count);
    goOn();
  }
  expect(gpu.isHealthy()).toBe(false);
  expect(pausesMs.slice(0, 6)).toEqual([4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test("one silence is patience, two are down", async () => {
  answers["/health"] = () => {};
  const gpu = probe({ metricsIntervalMs: 100 });
  await round(1);
  expect(gpu.isHealthy()).toBeUndefined();
  goOn();
  await round(2);
  expect(gpu.isHealthy()).toBe(false);
  expect(gpu.load()).toBeDefined();
});

test("a proxy without /health and /metrics leaves health and load unknown", async () => {
  answers = { "/v1/models": models({ id: "base" }) };
  const gpu = probe();
  await round(1);
  expect([gpu.isHealthy(), gpu.load()]).toEqual([undefined, undefined]);
  expect(gpu.models()).toHaveLength(1);
});

test("broken lists of models change nothing", async () => {
  const gpu = probe();
  await round(1);
  answers["/v1/models"] = (response) => response.end('{"data":"none"}');
  nowMs += 30_000;
  goOn();
  await round(2);
  expect(gpu.models()).toHaveLength(2);
});

test("an interval of 0 asks nothing", async () => {
  const gpu = probe({ metricsIntervalMs: 0 });
  expect([gpu.load(), gpu.isHealthy(), gpu.models()]).toEqual([undefined, undefined, undefined]);
  expect(pausesMs).toEqual([]);
  expect(server.seen).toEqual([]);
});

test("closing ends the rounds", async () => {
  const gpu = probe();
  await round(1);
  const asked = server.seen.length;
  gpu.close();
  goOn();
  await new Promise((resolve) => setImmediate(resolve));
  expect(server.seen).toHaveLength(asked);
  expect(pausesMs).toHaveLength(1);
});
