import { dirname, resolve } from "node:path";
import type { UpstreamFile } from "./config-schema.ts";
import { type ResolveContext, readReference } from "./resolve-context.ts";
import type { OnnxModelConfig, OnnxUpstreamConfig, Timeouts } from "./router-config.ts";

/** A calculation on this machine that takes longer is of no use to anybody who waits. */
const MAX_TOTAL_MS = 120_000;

/**
 * Turns an upstream of local models into what the router calls. Whether the files are there is not asked here: a disk
 * that is not mounted must not keep the program from starting.
 */
export function resolveOnnxUpstream(
  name: string,
  file: Extract<UpstreamFile, { kind: "onnx" }>,
  timeouts: Timeouts,
  context: ResolveContext,
): OnnxUpstreamConfig {
  const path = ["upstreams", name];
  // Relative paths are meant from where the file lies.
  const folder = dirname(resolve(context.file));
  const models: Record<string, OnnxModelConfig> = {};
  for (const [model, { directory, ...settings }] of Object.entries(file.models)) {
    const at = [...path, "models", model];
    const read = readReference(directory, [...at, "directory"], context) ?? "";
    models[model] = {
      ...settings,
      directory: resolve(folder, read),
      pooling: settings.pooling,
      maxTokens: settings.maxTokens,
      place: context.placeOf([...at, "directory"]),
    };
  }
  if (Object.keys(models).length === 0)
    context.refuse({ path: [...path, "models"], message: "must name one" });
  const packages = readReference(file.packages, [...path, "packages"], context);
  return {
    name,
    kind: "onnx",
    models,
    packages: packages === undefined ? undefined : resolve(folder, packages),
    threads: file.threads,
    idleMs: file.idleSeconds * 1000,
    timeouts: { ...timeouts, totalMs: file.timeouts?.totalMs ?? Math.min(timeouts.totalMs, MAX_TOTAL_MS) },
    place: context.placeOf(file.packages === undefined ? path : [...path, "packages"]),
  };
}
