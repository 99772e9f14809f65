import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The runtime of local models, which is not among the packages of the program: 290 MB that most installations never
 * need. package.json names the same versions as optional peers, and a test compares them.
 */
export const ONNX_PACKAGES = { "onnxruntime-node": "1.30.0", "@huggingface/tokenizers": "0.2.0" } as const;

/**
 * The command that installs the runtime, without the download of GPU libraries that its install script would begin.
 * Without `--save-prod` npm takes optional peers for satisfied and installs nothing.
 */
export function installCommand(folder: string): string {
  const packages = Object.entries(ONNX_PACKAGES).map(([name, version]) => `${name}@${version}`);
  return `npm install --no-save --save-prod --ignore-scripts --prefix ${folder} ${packages.join(" ")}`;
}

/** Packages of the runtime that a folder's `node_modules` lacks. */
export function missingPackages(folder: string): string[] {
  return Object.keys(ONNX_PACKAGES).filter(
    (name) => !existsSync(join(folder, "node_modules", name, "package.json")),
  );
}

const PROCESS_MAIN = join("lib", "router", "upstreams", "onnx", "process", "main.ts");

/** The folder of the program. Next bundles this module, and its copy stands elsewhere: it runs in that folder. */
export function programFolder(): string {
  const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "..");
  return existsSync(join(folder, PROCESS_MAIN)) ? folder : process.cwd();
}

/** The program of a model's process. */
export function processMain(): string {
  return join(programFolder(), PROCESS_MAIN);
}
