import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answerKey } from "./answer-key.ts";
import { createExactCache } from "./exact-cache.ts";
import { createRedisAnswerStore } from "./redis-answer-store.ts";

/** Values and sorted sets behind Upstash's REST protocol, with faults on request. */
let server: Server;
let url: string;
let mode: "up" | "failing" | "silent";
let values: Map<string, string>;
let indexes: Map<string, Set<string>>;
let commands: unknown[][];

beforeEach(async () => {
  mode = "up";
  values = new Map();
  indexes = new Map();
  commands = [];
  server = createServer(async (request, response) => {
    // The client sends most commands of one turn together, some alone.
    const body = (await json(request)) as string[] | string[][];
    const isAlone = typeof body[0] === "string";
    const sent = (isAlone ? [body] : body) as [string, ...string[]][];
    commands.push(...sent);
    if (mode === "silent") return;
    const results = sent.map(([name, ...parts]) => ({ result: mode === "up" ? run(name, parts) : null }));
    const [status, reply] =
      mode === "up" ? [200, isAlone ? results[0] : results] : [500, { error: "ERR down" }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function run(name: string, [key = "", ...rest]: string[]): unknown {
  const index = indexes.get(key) ?? new Set<string>();
  switch (name.toLowerCase()) {
    case "get":
      return values.get(key) ?? null;
    case "set":
      values.set(key, rest[0] ?? "");
      return "OK";
    case "del":
      for (const gone of [key, ...rest]) values.delete(gone);
      return rest.length + 1;
    case "zadd":
      indexes.set(key, index.add(rest[1] ?? ""));
      return 1;
    case "zrange":
      return [...index].slice(0, 500);
    case "zrem":
      for (const gone of rest) index.delete(gone);
      return rest.length;
    default:
      return 0;
  }
}

let nowMs = 1_800_000_000_000;
const deps = { nowMs: () => nowMs };
const create = (timeoutMs = 20_000) => createRedisAnswerStore({ url, token: "t", timeoutMs }, deps);
const answer = () => ({ json: Buffer.from('{"a":"é"}'), storedAtMs: nowMs, expiresAtMs: nowMs + 60_000 });

describe("answers in Redis", () => {
  test("come back as they were, and are given their time to live", async () => {
    const store = create();
    store.put("k", answer());
    await vi.waitFor(() => expect(values.size).toBe(1));
    expect(await create().get("k")).toEqual(answer());
    expect(commands).toContainEqual(["set", "vouch:answer:k", expect.any(String), "px", 60_000]);
    expect(await store.get("other")).toBeUndefined();
  });

  test("reach another process through the cache", async () => {
    const one = createExactCache({ maxBytes: 1e6, second: create() }, deps);
    one.put("k", Buffer.from("{}"), 1_000);
    await vi.waitFor(() => expect(values.size).toBe(1));
    const other = createExactCache({ maxBytes: 1e6, second: create() }, deps);
    expect(await other.find("k")).toMatchObject({ json: Buffer.from("{}") });
  });

  test.each(["failing", "silent"] as const)(
    "are a miss while Redis is %s, which is then left alone",
    async (fault) => {
      const store = create(fault === "silent" ? 50 : 20_000);
      mode = fault;
      expect(await store.get("k")).toBeUndefined();
      const asked = commands.length;
      expect(await store.get("k")).toBeUndefined();
      store.put("k", answer());
      expect(commands.length).toBe(asked);
      mode = "up";
      nowMs += 6_000;
      expect(await create().get("k")).toBeUndefined();
      expect(commands.length).toBeGreaterThan(asked);
    },
  );

  test("that are no answers are a miss", async () => {
    values.set("vouch:answer:k", '{"json":1}');
    expect(await create().get("k")).toBeUndefined();
  });

  test("that are over their time or too large are not written", async () => {
    const store = create();
    store.put("old", { ...answer(), expiresAtMs: nowMs });
    store.put("large", { ...answer(), json: Buffer.alloc(600_000) });
    store.put("good", answer());
    await vi.waitFor(() => expect(values.size).toBe(1));
    expect([...values.keys()]).toEqual(["vouch:answer:good"]);
  });
});

describe("answers of an organisation that are to be forgotten", () => {
  const key = (orgId: string, hash: string) => answerKey(orgId, 1, hash);
  const fill = async () => {
    const store = create();
    for (let at = 0; at < 25; at += 1) store.put(key("one", `h${at}`), answer());
    store.put(key("other", "h"), answer());
    await vi.waitFor(() => expect(values.size).toBe(26));
    return store;
  };

  test("are removed, whoever stored them; those of others stay", async () => {
    await fill();
    create().forget("one");
    await vi.waitFor(() => expect([...values.keys()]).toEqual([`vouch:answer:${key("other", "h")}`]));
  });

  test("are removed also when they are on their way there", async () => {
    const store = create();
    store.put(key("one", "h"), answer());
    store.forget("one");
    await vi.waitFor(() => expect(commands.some(([name]) => name === "zrem")).toBe(true));
    expect(values.size).toBe(0);
  });

  test("are removed once Redis is back", async () => {
    const store = await fill();
    mode = "failing";
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    store.forget("one");
    await vi.waitUntil(() => vi.getTimerCount() > 0, { timeout: 5_000 }).catch(() => {});
    mode = "up";
    await vi.advanceTimersByTimeAsync(5_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(values.size).toBe(1));
  });
});
