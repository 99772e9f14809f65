import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { OnnxModelConfig, OnnxUpstreamConfig } from "../../config/router-config.ts";
import { installCommand, missingPackages, programFolder } from "./onnx-packages.ts";

const NEEDED_FILES = ["tokenizer.json", "tokenizer_config.json", "config.json"];

/** Path of the file with the graph: in the folder `onnx` or in the directory itself; undefined when it is nowhere. */
export function findGraph({ directory, file }: OnnxModelConfig): string | undefined {
  return [join(directory, "onnx", file), join(directory, file)].find((path) => existsSync(path));
}

/**
 * Why a local model cannot be used, as far as a look at the disk tells: one line that begins with the place in the
 * configuration and ends with the remedy. Undefined when nothing is missing.
 */
export function findModelFault(upstream: OnnxUpstreamConfig, model: OnnxModelConfig): string | undefined {
  const { directory, file, place } = model;
  const packages = upstream.packages ?? programFolder();
  const missing = missingPackages(packages);
  if (missing.length > 0) {
    return `${upstream.place}: ${missing.join(" and ")} not found in ${join(packages, "node_modules")}; install with: ${installCommand(packages)}`;
  }
  if (!existsSync(directory))
    return `${place}: there is no directory ${directory}; write where the model lies`;
  if (!statSync(directory).isDirectory())
    return `${place}: ${directory} is a file; write the directory it is in`;
  const absent = NEEDED_FILES.find((name) => !existsSync(join(directory, name)));
  if (absent !== undefined) {
    return `${place}: ${join(directory, absent)} is missing; copy the whole directory of the model as it was published`;
  }
  if (findGraph(model) === undefined) {
    return `${place}: neither ${join(directory, "onnx", file)} nor ${join(directory, file)} exists; copy it there, or name another with "file"`;
  }
  return undefined;
}
