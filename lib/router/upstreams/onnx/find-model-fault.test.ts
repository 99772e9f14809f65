import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { OnnxModelConfig, OnnxUpstreamConfig } from "../../config/router-config.ts";
import { DEFAULT_TIMEOUTS } from "../../config/router-config.ts";
import { findGraph, findModelFault } from "./find-model-fault.ts";
import { ONNX_PACKAGES } from "./onnx-packages.ts";
import { writeTestModel } from "./test-onnx-model.ts";

const folder = mkdtempSync(join(tmpdir(), "vouch-fault-"));
for (const name of Object.keys(ONNX_PACKAGES)) {
  mkdirSync(join(folder, "node_modules", name), { recursive: true });
  writeFileSync(join(folder, "node_modules", name, "package.json"), "{}");
}
afterAll(() => rmSync(folder, { recursive: true }));

const upstream = (packages: string): OnnxUpstreamConfig => ({
  name: "local",
  kind: "onnx",
  models: {},
  packages,
  threads: 1,
  idleMs: 1000,
  timeouts: DEFAULT_TIMEOUTS,
  place: "vouch.yaml:3: upstreams.local.packages",
});
const model = (directory: string, file = "model.onnx"): OnnxModelConfig => ({
  directory,
  file,
  pooling: undefined,
  queryPrefix: "",
  documentPrefix: "",
  maxTokens: undefined,
  place: "vouch.yaml:6: upstreams.local.models.e5.directory",
});
const place = "vouch.yaml:6: upstreams.local.models.e5.directory: ";

describe("a local model that cannot be used names line, field, thing and remedy", () => {
  test("without the runtime", () => {
    const fault = findModelFault(upstream("/nowhere"), model(folder));
    expect(fault).toBe(
      "vouch.yaml:3: upstreams.local.packages: onnxruntime-node and @huggingface/tokenizers not found in /nowhere/node_modules; install with: npm install --no-save --save-prod --ignore-scripts --prefix /nowhere onnxruntime-node@1.30.0 @huggingface/tokenizers@0.2.0",
    );
  });

  test("without its directory", () => {
    expect(findModelFault(upstream(folder), model("/nowhere"))).toBe(
      `${place}there is no directory /nowhere; write where the model lies`,
    );
    const file = join(folder, "file");
    writeFileSync(file, "");
    expect(findModelFault(upstream(folder), model(file))).toContain(
      "is a file; write the directory it is in",
    );
  });

  test("without one of its files", () => {
    const directory = writeTestModel(join(folder, "e5"), "embedder");
    expect(findModelFault(upstream(folder), model(directory))).toBeUndefined();
    expect(findModelFault(upstream(folder), model(directory, "model_fp16.onnx"))).toBe(
      `${place}neither ${directory}/onnx/model_fp16.onnx nor ${directory}/model_fp16.onnx exists; copy it there, or name another with "file"`,
    );
    rmSync(join(directory, "tokenizer.json"));
    expect(findModelFault(upstream(folder), model(directory))).toContain(
      `${directory}/tokenizer.json is missing; copy the whole directory`,
    );
  });
});

test("the graph is taken from the folder onnx, or from the directory itself", () => {
  const directory = writeTestModel(join(folder, "flat"), "embedder", { file: "model_quantized.onnx" });
  expect(findGraph(model(directory, "model_quantized.onnx"))).toBe(join(directory, "model_quantized.onnx"));
  writeTestModel(directory, "embedder", { file: "onnx/model_quantized.onnx" });
  expect(findGraph(model(directory, "model_quantized.onnx"))).toBe(
    join(directory, "onnx", "model_quantized.onnx"),
  );
});
