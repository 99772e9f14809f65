import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ScriptedUpstream, startScriptedUpstream } from "../../e2e/scripted-upstream/start.ts";
import { parseConfig } from "./config/parse-config.ts";
import { type EmbedDeps, embeddingModelOf, embeddingSpace, embedTexts } from "./embed-texts.ts";
import type { UsageAttempt } from "./queries/usage-attempts.ts";
import { createUpstreams } from "./upstreams/create-upstreams.ts";

let upstream: ScriptedUpstream;
const usage: UsageAttempt[] = [];
const waits: number[] = [];

function depsFor(deployment: string): EmbedDeps {
  const text = [
    "upstreams:",
    `  azure: { kind: azure, endpoint: "${upstream.url}", apiKey: { env: KEY }, apiVersion: v1 }`,
    `models: [{ name: embed, kind: embedding, upstream: azure, deployment: ${deployment}, price: { input: 1 } }]`,
  ].join("\n");
  const config = parseConfig(text, { file: "vouch.yaml", readSecret: () => "key" });
  return {
    config,
    upstreams: createUpstreams(config, { paceMs: 0, isWatched: false }).upstreams,
    usage: { record: (row) => usage.push(row), size: 0, flush: async () => 0 },
    sleep: async (milliseconds) => void waits.push(milliseconds),
  };
}

beforeAll(async () => {
  upstream = await startScriptedUpstream();
});
afterAll(() => upstream.close());

test("without a file texts are embedded in this process, in the built-in space", async () => {
  const config = parseConfig("", { file: "vouch.yaml", readSecret: () => undefined });
  const deps = { ...depsFor("small"), config };
  const texts = Array.from({ length: 130 }, (_, index) => `pump number ${index}`);
  const { vectors, space, dimensions } = await embedTexts(texts, {}, deps);
  expect([vectors.length, space, dimensions]).toEqual([130, "builtin/vouch-embed-1", 384]);
  expect(embeddingSpace(undefined, config)).toBe(space);
  expect(upstream.ledger.entries).toHaveLength(0);
});

test("an upstream gets batches of 64, answers in order and is paid for", async () => {
  const texts = Array.from({ length: 130 }, (_, index) => `pump number ${index}`);
  const principal = { orgId: "org", userId: "user" };
  const { vectors, space } = await embedTexts(texts, { principal }, depsFor("small"));
  expect(space).toBe("azure/small");
  expect(upstream.ledger.entries.map(({ body }) => (body as { input: string[] }).input.length)).toEqual([
    64, 64, 2,
  ]);
  expect(vectors).toHaveLength(130);
  const again = await embedTexts(["pump number 100"], {}, depsFor("small"));
  expect(again.vectors[0]).toEqual(vectors[100]);
  expect(usage.map(({ promptTokens, costMicros }) => [promptTokens, costMicros])).toEqual([
    [192, 192],
    [192, 192],
    [6, 6],
  ]);
});

test("a busy upstream is asked again after the time it names", async () => {
  waits.length = 0;
  const { vectors } = await embedTexts(["a"], {}, depsFor("e429_ra700_f2"));
  expect(vectors).toHaveLength(1);
  expect(waits).toEqual([700, 700]);
});

test("after two more tries it gives up, and a wrong request is not repeated", async () => {
  await expect(embedTexts(["a"], {}, depsFor("e500"))).rejects.toMatchObject({ code: "model_failed" });
  expect(upstream.ledger.callsOf("e500")).toBe(3);
  await expect(embedTexts(["a"], {}, depsFor("e429_ras120"))).rejects.toMatchObject({ code: "rate_limited" });
  expect(upstream.ledger.callsOf("e429_ras120")).toBe(1);
  await expect(embedTexts(["a"], {}, depsFor("e400"))).rejects.toMatchObject({ code: "model_failed" });
  expect(upstream.ledger.callsOf("e400")).toBe(1);
});

/** A server that takes no text of more than 1,000 x, and none that says so. */
async function startPickyServer() {
  const batches: number[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    const { input } = JSON.parse(body) as { input: string[] };
    batches.push(input.length);
    if (input.some((text) => (text.startsWith("x") && text.length > 1_000) || text === "refused")) {
      response.writeHead(400, { "content-type": "application/json" }).end('{"error":{"message":"too long"}}');
      return;
    }
    const data = input.map((text, index) => ({ object: "embedding", index, embedding: [text.length, 1] }));
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ object: "list", data }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const config = parseConfig(
    `upstreams: { own: { kind: vllm, baseUrl: "http://127.0.0.1:${port}" } }
models: [{ name: embed, kind: embedding, upstream: own, upstreamModel: small }]`,
    { file: "vouch.yaml", readSecret: () => undefined },
  );
  const deps = {
    ...depsFor("small"),
    config,
    upstreams: createUpstreams(config, { paceMs: 0, isWatched: false }).upstreams,
  };
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { batches, deps, config, close };
}

test("a batch is bounded by its characters, and one bad text fails alone or is embedded by its beginning", async () => {
  const { batches, deps, config, close } = await startPickyServer();
  const texts = Array.from({ length: 200 }, (_, index) => "x".repeat(index === 70 ? 3_000 : 900));
  const { vectors, space } = await embedTexts(texts, {}, deps);
  expect(vectors.map(([length]) => length)).toEqual(
    texts.map(({ length }) => (length === 3_000 ? 750 : 900)),
  );
  expect(Math.max(...batches)).toBe(64);
  expect(embeddingModelOf(space, config)).toBe("embed");
  expect(embeddingModelOf("builtin/vouch-embed-1", config)).toBe("vouch-embed-1");
  expect(embeddingModelOf("gone/model", config)).toBeUndefined();
  batches.length = 0;
  await embedTexts(["y".repeat(100_000), "z".repeat(100_000)], {}, deps);
  expect(batches).toEqual([1, 1]);
  await expect(embedTexts(["good", "refused"], {}, deps)).rejects.toMatchObject({ code: "model_failed" });
  close();
});

test("an unknown model and a stopped caller are told so", async () => {
  await expect(embedTexts(["a"], { model: "absent" }, depsFor("small"))).rejects.toMatchObject({
    code: "model_unknown",
  });
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(embedTexts(["a"], { signal }, depsFor("small"))).rejects.toThrow("stopped");
});
