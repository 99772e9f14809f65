import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createExactCache } from "./exact-cache.ts";
import { createRedisAnswerStore } from "./redis-answer-store.ts";

/** GET and SET behind Upstash's REST protocol, with faults on request. */
let server: Server;
let url: string;
let mode: "up" | "failing" | "silent";
let values: Map<string, string>;
let commands: unknown[][];

beforeEach(async () => {
  mode = "up";
  values = new Map();
  commands = [];
  server = createServer(async (request, response) => {
    // The client sends commands of one turn together.
    const sent = (await json(request)) as [string, string, string][];
    commands.push(...sent);
    if (mode === "silent") return;
    const results = sent.map(([name, key, value]) => {
      if (name.toLowerCase() !== "set") return { result: values.get(key) ?? null };
      if (mode === "up") values.set(key, value);
      return { result: "OK" };
    });
    const [status, body] = mode === "up" ? [200, results] : [500, { error: "ERR down" }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

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
    expect(commands[0]).toMatchObject(["set", "vouch:answer:k", expect.any(String), "px", 60_000]);
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
