import { spawn } from "node:child_process";
import { resolve } from "node:path";

/** One command of a check. */
export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
}

interface StepResult {
  readonly isPassed: boolean;
  readonly seconds: number;
}

/** Path of a package's program, run by the Node that runs this script. */
export function packageProgram(path: string): string {
  return resolve("node_modules", path);
}

function runStep(step: Step): Promise<StepResult> {
  const startMs = performance.now();
  process.stdout.write(`\n── ${step.name}\n`);
  return new Promise((resolveStep) => {
    const [file, ...args] = step.command;
    const child = spawn(file, args, { stdio: "inherit", env: { ...process.env, ...step.environment } });
    const end = (isPassed: boolean) =>
      resolveStep({ isPassed, seconds: (performance.now() - startMs) / 1000 });
    child.on("error", () => end(false));
    child.on("exit", (exitCode) => end(exitCode === 0));
  });
}

/**
 * Runs steps one after the other, all of them even when one fails, and prints what passed.
 *
 * @returns true when every step passed.
 */
export async function runSteps(steps: readonly Step[]): Promise<boolean> {
  const lines: string[] = [];
  let failedCount = 0;
  for (const step of steps) {
    const { isPassed, seconds } = await runStep(step);
    if (!isPassed) failedCount += 1;
    lines.push(`${isPassed ? "passed" : "FAILED"}  ${step.name} (${seconds.toFixed(1)} s)`);
  }
  process.stdout.write(
    `\n${lines.join("\n")}\n\n${steps.length - failedCount} passed, ${failedCount} failed\n`,
  );
  return failedCount === 0;
}
