import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ONNX_RUNTIME_PINS } from "../../../../e2e/onnx-runtime/find-onnx-runtime.ts";
import {
  installCommand,
  missingPackages,
  ONNX_PACKAGES,
  processMain,
  programFolder,
} from "./onnx-packages.ts";

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));

describe("the packages of local models", () => {
  test("are optional peers of the program, in the versions that it names and the tests use", () => {
    const program = readJson(programFolder(), "package.json");
    expect(program.peerDependencies).toEqual(ONNX_PACKAGES);
    for (const name of Object.keys(ONNX_PACKAGES)) {
      expect(program.peerDependenciesMeta[name]).toEqual({ optional: true });
    }
    expect(readJson(ONNX_RUNTIME_PINS, "package.json").dependencies).toEqual(ONNX_PACKAGES);
  });

  test("are in no default installation", () => {
    const { packages } = readJson(programFolder(), "package-lock.json");
    for (const name of Object.keys(ONNX_PACKAGES)) expect(packages[`node_modules/${name}`]).toBeUndefined();
  });

  test("are missed by name where they are not, with the command that brings them", () => {
    expect(missingPackages("/nowhere")).toEqual(["onnxruntime-node", "@huggingface/tokenizers"]);
    expect(installCommand("/srv/vouch")).toBe(
      "npm install --no-save --save-prod --ignore-scripts --prefix /srv/vouch onnxruntime-node@1.30.0 @huggingface/tokenizers@0.2.0",
    );
    expect(readFileSync(processMain(), "utf8")).toContain("Main of a model's process");
  });
});
