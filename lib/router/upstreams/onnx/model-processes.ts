import { availableParallelism } from "node:os";
import type { OnnxModelConfig, OnnxUpstreamConfig } from "../../config/router-config.ts";
import { findGraph } from "./find-model-fault.ts";
import type { ModelSettings } from "./messages.ts";
import { ModelProcess } from "./model-process.ts";
import { programFolder } from "./onnx-packages.ts";

interface SharedProcess {
  readonly process: ModelProcess;
  readonly holders: Set<object>;
}

// Requests of clients, searches and Next's copy of this module use one process for each model, not three.
const holder = globalThis as typeof globalThis & { vouchOnnxProcesses?: Map<string, SharedProcess> };

/** The process of a model, shared by all in this program who hold it under the same settings. */
export function holdProcess(
  by: object,
  upstream: OnnxUpstreamConfig,
  { place: _, ...model }: OnnxModelConfig,
): ModelProcess {
  holder.vouchOnnxProcesses ??= new Map();
  const settings: ModelSettings = {
    directory: model.directory,
    graph: findGraph({ ...model, place: "" }) ?? model.file,
    pooling: model.pooling,
    maxTokens: model.maxTokens,
    packages: upstream.packages ?? programFolder(),
    threads: upstream.threads ?? Math.max(1, Math.floor(availableParallelism() / 2)),
  };
  const key = JSON.stringify([settings, upstream.idleMs]);
  let shared = holder.vouchOnnxProcesses.get(key);
  if (shared === undefined) {
    shared = { process: new ModelProcess(settings, upstream), holders: new Set() };
    holder.vouchOnnxProcesses.set(key, shared);
  }
  shared.holders.add(by);
  return shared.process;
}

/** Lets go of all processes somebody held; those that nobody else holds end. */
export function releaseProcesses(by: object): void {
  for (const [key, { process, holders }] of holder.vouchOnnxProcesses ?? []) {
    if (!holders.delete(by) || holders.size > 0) continue;
    holder.vouchOnnxProcesses?.delete(key);
    process.close();
  }
}
