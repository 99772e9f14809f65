import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { knownRouterConfig } from "./load-config.ts";
import type { RouterConfig } from "./router-config.ts";
import { watchConfig } from "./watch-config.ts";

const MODELS =
  "upstreams: { a: { kind: vllm, baseUrl: 'http://a' } }\nmodels: [{ name: m, kind: chat, upstream: a }]\n";

let folder = "";
let file = "";
let taken: RouterConfig[];
let refused: string[];
let watch: ReturnType<typeof watchConfig> | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vouch-config-"));
  file = join(folder, "vouch.yaml");
  taken = [];
  refused = [];
});
afterEach(() => {
  watch?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function begin() {
  watch = watchConfig(
    { reload: (config) => taken.push(config), refuseConfig: (message) => refused.push(message) },
    file,
  );
  return watch;
}

test("a wrong file is refused with its line, also in a process that has read none before", () => {
  expect(knownRouterConfig()).toBeUndefined();
  writeFileSync(file, "upstreams:\n  a: { kind: nothing }\n");
  begin().read();
  expect(refused).toEqual([
    `${file}:2: upstreams.a.kind: must be one of builtin, openai, azure, vllm, ollama, onnx`,
  ]);
  expect([taken, knownRouterConfig()]).toEqual([[], undefined]);
});

test("a changed file is taken without being told, and becomes the one of the process", async () => {
  writeFileSync(file, "models: []\n");
  begin();
  const edit = () => {
    // Written until it is noticed: when the watching begins is not known here.
    if (taken.length === 0) writeFileSync(file, MODELS);
    return taken.length;
  };
  await expect.poll(edit, { timeout: 20_000, interval: 200 }).toBeGreaterThan(0);
  expect(taken.at(-1)?.models.has("m")).toBe(true);
  expect(knownRouterConfig()).toBe(taken.at(-1));
  expect(refused).toEqual([]);
});

test("a file that disappears is refused, and the configuration stays", () => {
  const before = knownRouterConfig();
  begin().read();
  expect(refused).toEqual([`${file}: does not exist`]);
  expect(knownRouterConfig()).toBe(before);
});
