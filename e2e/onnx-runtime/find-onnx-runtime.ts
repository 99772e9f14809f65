import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder with the exact packages and their lockfile. */
export const ONNX_RUNTIME_PINS = join(import.meta.dirname, "pins");

/** Where `npm test` puts the runtime that the lockfile names; ignored by git, kept between runs. */
export function onnxRuntimeFolder(): string {
  const lockfile = readFileSync(join(ONNX_RUNTIME_PINS, "package-lock.json"));
  const version = createHash("sha256").update(lockfile).digest("hex").slice(0, 12);
  return join(import.meta.dirname, "..", "..", ".vouch", `onnx-runtime-${version}`);
}

/** The folder whose `node_modules` holds the runtime; undefined when it is not installed. */
export function findOnnxRuntime(): string | undefined {
  const folder = onnxRuntimeFolder();
  return existsSync(folder) ? folder : undefined;
}
