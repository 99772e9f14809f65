import { packageProgram, type Step } from "./run-steps.ts";

const node = process.execPath;

/** Checks that take seconds: format and lint, types, imports, unused code. */
export const checkSteps: readonly Step[] = [
  { name: "format and lint", command: [node, packageProgram("@biomejs/biome/bin/biome"), "check", "."] },
  { name: "types", command: [node, packageProgram("typescript/bin/tsc"), "--noEmit"] },
  {
    name: "imports",
    command: [
      node,
      packageProgram("dependency-cruiser/bin/dependency-cruiser.mjs"),
      "--output-type",
      "err",
      "app",
      "components",
      "lib",
      "drizzle",
      "scripts",
      "bench",
      "e2e",
    ],
  },
  { name: "unused code", command: [node, packageProgram("knip/bin/knip.js"), "--no-progress"] },
];
