import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { chatModels } from "../list-models.ts";
import { ConfigError } from "./config-error.ts";
import { parseConfig } from "./parse-config.ts";

const secrets: Record<string, string> = { AZURE_KEY: "azure-secret", GPU_URL: "http://10.0.0.5:8000" };
const parse = (text: string) =>
  parseConfig(text, { file: "vouch.yaml", readSecret: (name) => secrets[name] });

const complete = `
upstreams:
  azure-eu:
    kind: azure
    resource: contoso
    apiKey: \${env:AZURE_KEY}
    apiVersion: "2024-10-21"
    timeouts: { firstTokenMs: 20000 }
  gpu:
    kind: vllm
    baseUrl: { env: GPU_URL }
  laptop:
    kind: ollama
models:
  - name: gpt-4.1-mini
    label: GPT-4.1 mini
    kind: chat
    upstream: azure-eu
    deployment: mini-eu
    price: { input: 0.4, cachedInput: 0.1, output: 1.6 }
  - name: llama
    kind: chat
    upstream: gpu
    default: true
  - name: text-embedding-3-small
    kind: embedding
    upstream: azure-eu
    embedding: true
    price: { input: 0.02 }
timeouts:
  connectMs: 2000
`;

describe("a configuration", () => {
  test("that is empty serves the built-in models", () => {
    const config = parse("");
    expect([...config.models.keys()]).toEqual(["vouch-extractive-1", "vouch-embed-1", "vouch-rerank-1"]);
    expect(config.defaultChatModel.name).toBe("vouch-extractive-1");
    expect(config.embeddingModel.targets[0]).toMatchObject({ upstreamModel: "vouch-embed-1" });
    expect(config.defaultChatModel.targets[0].price).toEqual({ input: 0, cachedInput: 0, output: 0 });
  });

  test("resolves addresses, references, limits, prices and defaults", () => {
    const config = parse(complete);
    expect(config.models.get("gpt-4.1-mini")).toMatchObject({
      targets: [
        {
          price: { input: 0.4, cachedInput: 0.1, output: 1.6 },
          upstreamModel: "mini-eu",
          upstream: {
            baseUrl: "https://contoso.openai.azure.com",
            apiKey: "azure-secret",
            timeouts: { connectMs: 2000, firstTokenMs: 20_000, betweenTokensMs: 30_000, totalMs: 600_000 },
          },
        },
      ],
    });
    expect(config.upstreams.get("gpu")).toMatchObject({
      baseUrl: "http://10.0.0.5:8000/v1",
      apiKey: undefined,
    });
    expect(config.upstreams.get("laptop")).toMatchObject({ baseUrl: "http://127.0.0.1:11434/v1" });
    expect(config.models.get("llama")?.targets[0].price).toBeUndefined();
    expect(config.embeddingModel).toMatchObject({
      name: "text-embedding-3-small",
      targets: [{ price: { input: 0.02, cachedInput: 0.02 } }],
    });
    expect(chatModels(config)).toEqual([
      { id: "llama", label: "llama", isBuiltin: false, isDefault: true },
      { id: "gpt-4.1-mini", label: "GPT-4.1 mini", isBuiltin: false, isDefault: false },
      { id: "vouch-extractive-1", label: "Built-in extractive", isBuiltin: true, isDefault: false },
    ]);
  });
});

test("the example file is a right one", () => {
  const text = readFileSync(fileURLToPath(new URL("../../../vouch.example.yaml", import.meta.url)), "utf8");
  const config = parseConfig(text, { file: "vouch.example.yaml", readSecret: (name) => `value-of-${name}` });
  expect(config.defaultChatModel.name).toBe("gpt-4.1-mini");
  expect(config.embeddingModel.name).toBe("text-embedding-3-small");
  expect(config.upstreams.get("openai")).toMatchObject({ apiKey: "value-of-OPENAI_API_KEY" });
  expect(config.upstreams.get("azure-us")).toMatchObject({
    entraId: { kind: "managed" },
    responses: "native",
  });
  expect(config.models.get("gpt-4.1-mini")).toMatchObject({
    policy: "weighted",
    fallbacks: ["qwen3-32b"],
    targets: [{ weight: 95 }, { weight: 5 }],
  });
  expect([...config.aliases]).toEqual([
    ["fast", { kind: "model", model: "qwen3-32b" }],
    ["auto", { kind: "tiers", light: "qwen3-32b", heavy: "gpt-4.1-mini" }],
  ]);
  expect(config.limits.organisation).toEqual({ monthlyBudgetMicros: 500_000_000 });
});

describe("a wrong configuration names file, line and field in one line", () => {
  const edited = (from: string, to: string) => complete.replace(from, to);
  const cases: [what: string, text: string, message: string | RegExp][] = [
    ["broken YAML", "upstreams:\n  a: [1\n", /^vouch\.yaml:\d: /],
    [
      "a literal secret",
      edited(`\${env:AZURE_KEY}`, "sk-123"),
      `vouch.yaml:6: upstreams.azure-eu.apiKey: must be a reference such as \${env:NAME}: secrets do not belong in this file`,
    ],
    [
      "a variable that is not set",
      edited(`\${env:AZURE_KEY}`, `\${env:ABSENT}`),
      "vouch.yaml:6: upstreams.azure-eu.apiKey: the environment variable ABSENT is not set",
    ],
    [
      "an unknown upstream",
      edited("upstream: gpu", "upstream: gpus"),
      'vouch.yaml:23: models[1].upstream: there is no upstream "gpus"; known: builtin, azure-eu, gpu, laptop',
    ],
    [
      "an unknown kind",
      edited("kind: ollama", "kind: olama"),
      "vouch.yaml:13: upstreams.laptop.kind: must be one of builtin, openai, azure, vllm, ollama, onnx",
    ],
    [
      "an unknown field",
      edited("label: GPT-4.1 mini", "lable: x"),
      "vouch.yaml:16: models[0].lable: is no known field",
    ],
    [
      "a missing field",
      edited("    kind: chat\n    upstream: gpu", "    upstream: gpu"),
      "vouch.yaml:21: models[1].kind: is missing",
    ],
    [
      "a wrong type",
      edited("connectMs: 2000", "connectMs: soon"),
      /^vouch\.yaml:31: timeouts\.connectMs: expected number/,
    ],
    [
      "a wrong version",
      edited('"2024-10-21"', "latest"),
      /^vouch\.yaml:7: upstreams\.azure-eu\.apiVersion: must be a date/,
    ],
    [
      "a name twice",
      edited("name: llama", "name: gpt-4.1-mini"),
      'vouch.yaml:21: models[1].name: "gpt-4.1-mini" stands here twice',
    ],
    [
      "two defaults",
      edited("    deployment: mini-eu", "    deployment: mini-eu\n    default: true"),
      'vouch.yaml:25: models[1].default: "gpt-4.1-mini" carries this already',
    ],
    [
      "a default of the wrong kind",
      edited("embedding: true", "default: true"),
      /^vouch\.yaml:28: models\[2\]\.default: only a model of kind chat/,
    ],
    [
      "an address that is none",
      edited("{ env: GPU_URL }", "gpu:8000"),
      /^vouch\.yaml:11: upstreams\.gpu\.baseUrl: must be an address/,
    ],
    [
      "a deployment where there are none",
      edited("    upstream: gpu", "    upstream: gpu\n    deployment: x"),
      /^vouch\.yaml:24: models\[1\]\.deployment: only Azure/,
    ],
    [
      "a target and a place beside it",
      edited("    upstream: gpu", "    upstream: gpu\n    targets: [{ upstream: gpu }]"),
      "vouch.yaml:23: models[1].upstream: belongs into targets when there are targets",
    ],
    [
      "the same target twice",
      edited("    upstream: gpu", "    targets: [{ upstream: gpu }, { upstream: gpu }]"),
      "vouch.yaml:23: models[1].targets[1]: gpu/llama stands here twice",
    ],
    [
      "a model without a place",
      edited("    upstream: gpu\n", ""),
      /^vouch\.yaml:\d+: models\[1\]\.upstream: is missing/,
    ],
    [
      "a fallback that does not exist",
      edited("    upstream: gpu", "    upstream: gpu\n    fallbacks: [lama]"),
      'vouch.yaml:24: models[1].fallbacks[0]: there is no chat model "lama"',
    ],
    [
      "an alias for nothing",
      `${complete}aliases: { fast: lama }\n`,
      'vouch.yaml:32: aliases.fast: there is no model "lama"',
    ],
    [
      "an alias that hides a model",
      `${complete}aliases: { llama: gpt-4.1-mini }\n`,
      "vouch.yaml:32: aliases.llama: a model has this name already",
    ],
    [
      "Azure with a key and Entra ID",
      edited("    resource: contoso", "    resource: contoso\n    entraId: { managedIdentity: true }"),
      /apiKey: write apiKey or entraId, one of the two/,
    ],
    ["a key twice", "models: []\nmodels: []\n", /^vouch\.yaml:2: Map keys must be unique/],
    ["a list where a map belongs", "- a\n", /^vouch\.yaml:1: expected object/],
  ];
  for (const [what, text, message] of cases) {
    test(what, () => {
      const refused = () => parse(text);
      expect(refused).toThrow(ConfigError);
      expect(refused).toThrow(message);
      expect(refused).not.toThrow(/\n/);
    });
  }
});
