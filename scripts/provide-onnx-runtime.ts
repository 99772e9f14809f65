import { spawnSync } from "node:child_process";
import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  findOnnxRuntime,
  ONNX_RUNTIME_PINS,
  onnxRuntimeFolder,
} from "../e2e/onnx-runtime/find-onnx-runtime.ts";
import { childEnvironment } from "../lib/platform/env.ts";

/**
 * Makes sure that the runtime of local models is there for its tests: it is not among the packages of the program, and
 * is fetched once, exactly as its own lockfile says, without running anything of it.
 *
 * @returns true when it is there.
 */
export function provideOnnxRuntime(): boolean {
  if (findOnnxRuntime() !== undefined) return true;
  process.stdout.write("Fetching the runtime of local models for its tests (once)\n");
  const folder = onnxRuntimeFolder();
  const unfinished = `${folder}.unfinished-${process.pid}`;
  try {
    for (const file of ["package.json", "package-lock.json"]) {
      cpSync(join(ONNX_RUNTIME_PINS, file), join(unfinished, file));
    }
    const npm = join(dirname(process.execPath), "npm");
    const command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    const { status } = spawnSync(existsSync(npm) ? npm : "npm", command, {
      cwd: unfinished,
      stdio: ["ignore", "ignore", "inherit"],
      // npm starts helpers by name: they must find this Node first.
      env: childEnvironment({ PATH: `${dirname(process.execPath)}:${childEnvironment({}).PATH ?? ""}` }),
      timeout: 300_000,
    });
    if (status === 0) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return findOnnxRuntime() !== undefined;
}
