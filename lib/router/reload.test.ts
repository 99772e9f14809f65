import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseConfig } from "./config/parse-config.ts";
import type { RouterConfig } from "./config/router-config.ts";
import { watchConfig } from "./config/watch-config.ts";
import { routerStateSchema } from "./schema.ts";
import { chatBody, postRaw, textOf } from "./test-client.ts";
import { startTestRouter, type TestRouter, until } from "./test-router.ts";

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({ models: ["mock_i20_n30"], second: true });
});

afterAll(() => router.close());

function configOf(models: string): RouterConfig {
  const text = [
    "upstreams:",
    `  scripted: { kind: openai, baseUrl: "${router.upstream.url}/v1", apiKey: '\${env:KEY}' }`,
    `  second: { kind: openai, baseUrl: "${router.upstream2.url}/v1", apiKey: '\${env:KEY}' }`,
    models,
  ].join("\n");
  return parseConfig(text, { file: "vouch.yaml", readSecret: () => "upstream-key" });
}

test("a new configuration serves new requests while a running stream ends under the old one", async () => {
  let isReloaded = false;
  const running = postRaw(`${router.baseUrl}/chat/completions`, chatBody("mock_i20_n30", { stream: true }), {
    onChunk: () => {
      if (isReloaded) return;
      isReloaded = true;
      router.router.reload(
        configOf(
          `models: [{ name: mock_other, kind: chat, upstream: second }]\naliases: { quick: mock_other }`,
        ),
      );
    },
  });
  const answer = await running;
  expect(textOf(answer)).toMatch(/tok29 $/);
  expect(answer.events.at(-1)).toBe("[DONE]");
  const url = `${router.baseUrl}/chat/completions`;
  expect((await postRaw(url, chatBody("mock_i20_n30"))).status).toBe(404);
  const other = await postRaw(url, chatBody("quick"));
  expect([other.status, other.headers["x-vouch-upstream"]]).toEqual([200, "second"]);
});

test("connections of an upstream that did not change are kept, those of one that went are closed", async () => {
  const both = configOf(
    "models: [{ name: mock_a, kind: chat, upstream: scripted }, { name: mock_b, kind: chat, upstream: second }]",
  );
  router.router.reload(both);
  const url = `${router.baseUrl}/chat/completions`;
  for (const model of ["mock_a", "mock_b"]) expect((await postRaw(url, chatBody(model))).status).toBe(200);
  const [first, second] = [router.upstream.openConnections(), router.upstream2.openConnections()];
  expect([first > 0, second > 0]).toEqual([true, true]);
  const text = `upstreams:\n  scripted: { kind: openai, baseUrl: "${router.upstream.url}/v1", apiKey: '\${env:KEY}' }\nmodels: [{ name: mock_a, kind: chat, upstream: scripted }]`;
  router.router.reload(parseConfig(text, { file: "vouch.yaml", readSecret: () => "upstream-key" }));
  await until(
    () => router.upstream2.openConnections() === 0,
    "the connections of the old upstream are closed",
  );
  expect(router.upstream.openConnections()).toBeGreaterThan(0);
});

test("the state names what is served, its live figures and no secret", async () => {
  router.router.reload(
    configOf(
      "models: [{ name: mock_s, kind: chat, targets: [{ upstream: scripted, weight: 3 }, { upstream: second }] }]\naliases: { nick: mock_s }",
    ),
  );
  await postRaw(`${router.baseUrl}/chat/completions`, chatBody("mock_s", { stream: true }));
  router.router.refuseConfig("vouch.yaml:3: models: is no list");
  const state = routerStateSchema.parse(router.router.state());
  const model = state.models.find(({ name }) => name === "mock_s");
  expect(model).toMatchObject({ aliases: ["nick"], policy: "latency" });
  expect(model?.targets.map(({ weight, breaker, isPriced }) => [weight, breaker, isPriced])).toEqual([
    [3, "closed", false],
    [1, "closed", false],
  ]);
  expect(model?.targets.reduce((sum, { calls }) => sum + calls, 0)).toBe(1);
  expect(state.configuration.error).toBe("vouch.yaml:3: models: is no list");
  expect(JSON.stringify(state)).not.toContain("upstream-key");
  expect(JSON.stringify(state)).toContain("$" + "{env:KEY}");
});

test("a changed file is read again; one with a mistake changes nothing and says why", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vouch-config-"));
  const file = join(folder, "vouch.yaml");
  const write = async (text: string) => {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };
  await write("builtinChat: true\n");
  const seen: string[] = [];
  const watch = watchConfig(
    {
      reload: (config) => seen.push([...config.aliases.keys()].join()),
      refuseConfig: (message) => seen.push(message),
    },
    file,
  );
  try {
    await write("aliases: { quick: vouch-extractive-1 }\n");
    await until(() => seen.includes("quick"), "the new file is read");
    await write("aliases: { quick: nothing }\n");
    await until(() => seen.some((line) => line.includes("there is no model")), "the mistake is told");
    expect(seen.at(-1)).toBe(`${file}:1: aliases.quick: there is no model "nothing"`);
    watch.read();
    expect(seen.at(-1)).toBe(`${file}:1: aliases.quick: there is no model "nothing"`);
  } finally {
    watch.stop();
    await rm(folder, { recursive: true });
  }
});
