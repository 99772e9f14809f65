/** Main of the program: checks what a person may have set wrong, then runs the role of this machine. */
import { environment } from "../platform/env.ts";
import { prepareDataDirectory } from "./data-directory.ts";
import { explainStartError } from "./explain-start-error.ts";
import { isShuttingDown } from "./shutdown.ts";

async function main(): Promise<void> {
  const env = environment();
  prepareDataDirectory(env.dataDir);
  // Loaded only now: a wrong value is told at once.
  const { runRole } = await import("./run-role.ts");
  await runRole(env);
}

/** True for a process that did not start and has said why itself: one line is enough. */
function isToldAlready(error: unknown): boolean {
  return error instanceof Error && "hasSaidWhy" in error && error.hasSaidWhy === true;
}

main().catch((error: unknown) => {
  // A start that was interrupted fails somewhere; the shutdown under way ends the process.
  if (isShuttingDown()) return;
  if (!isToldAlready(error)) process.stderr.write(`vouch: ${explainStartError(error)}\n`);
  process.exit(1);
});
