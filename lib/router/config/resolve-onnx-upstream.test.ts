import { describe, expect, test } from "vitest";
import { parseConfig } from "./parse-config.ts";

const parse = (text: string) =>
  parseConfig(text, {
    file: "/etc/vouch/vouch.yaml",
    readSecret: (name) => (name === "MODELS" ? "/data" : undefined),
  });

const local = `
upstreams:
  local:
    kind: onnx
    models:
      e5:
        directory: models/e5
        pooling: mean
        queryPrefix: "query: "
        documentPrefix: "passage: "
      judge: { directory: { env: MODELS }, file: model_quantized.onnx, maxTokens: 256 }
    idleSeconds: 60
models:
  - { name: e5, kind: embedding, upstream: local }
  - { name: bge-reranker, kind: rerank, upstream: local, upstreamModel: judge }
`;

describe("an upstream of local models", () => {
  test("is read with paths from where the file lies, free of charge, in a space named after upstream and model", () => {
    const { models, upstreams, embeddingModel } = parse(local);
    expect(upstreams.get("local")).toMatchObject({
      kind: "onnx",
      idleMs: 60_000,
      packages: undefined,
      timeouts: { totalMs: 120_000 },
      place: "/etc/vouch/vouch.yaml:3: upstreams.local",
      models: {
        e5: {
          directory: "/etc/vouch/models/e5",
          file: "model.onnx",
          pooling: "mean",
          queryPrefix: "query: ",
          documentPrefix: "passage: ",
          place: "/etc/vouch/vouch.yaml:7: upstreams.local.models.e5.directory",
        },
        judge: { directory: "/data", file: "model_quantized.onnx", maxTokens: 256, queryPrefix: "" },
      },
    });
    expect(embeddingModel.targets[0]).toMatchObject({ upstreamModel: "e5", price: { input: 0, output: 0 } });
    expect(models.get("bge-reranker")?.targets[0]).toMatchObject({ upstreamModel: "judge" });
  });

  test.each([
    [
      "a model that is not among them",
      local.replace("upstreamModel: judge", "upstreamModel: jury"),
      '/etc/vouch/vouch.yaml:15: models[1].upstreamModel: the upstream "local" has no model "jury"; known: e5, judge',
    ],
    [
      "a chat model",
      local.replace("kind: embedding", "kind: chat"),
      '/etc/vouch/vouch.yaml:14: models[0].upstream: "local" embeds and reranks; it has no chat models',
    ],
    [
      "a file in another folder",
      local.replace("model_quantized.onnx", "../x.onnx"),
      "/etc/vouch/vouch.yaml:11: upstreams.local.models.judge.file: must be the name of a file that ends in .onnx, without a folder",
    ],
    [
      "a directory that is missing",
      local.replace("directory: models/e5", "maxTokens: 99"),
      "/etc/vouch/vouch.yaml:7: upstreams.local.models.e5.directory: is missing",
    ],
    [
      "no model at all",
      "upstreams: { local: { kind: onnx, models: {} } }",
      "/etc/vouch/vouch.yaml:1: upstreams.local.models: must name one",
    ],
    [
      "an unknown pooling",
      local.replace("pooling: mean", "pooling: max"),
      /vouch\.yaml:8: upstreams\.local\.models\.e5\.pooling: Invalid option: expected one of "mean"\|"cls"\|"last"/,
    ],
  ])("with %s stops the start with one line", (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
