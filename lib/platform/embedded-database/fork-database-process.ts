import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { DatabaseProcessArguments } from "./process-arguments.ts";

/**
 * The engine's calls nest on JavaScript's stack; at Node's 1 MB, recursion that PostgreSQL itself would refuse
 * exhausts it and costs the engine. Half of the usual 8 MB process stack leaves room on both sides.
 */
const STACK_SIZE_ARGUMENT = "--stack-size=3900";

/**
 * Starts the database in a process of its own. It sends `{type: "ready", socketPath}` once it accepts clients,
 * writes one line to standard error and exits 1 when it cannot start or loses its engine, exits 0 after SIGTERM, and
 * ends by itself when this process does.
 */
export function forkDatabaseProcess(options: DatabaseProcessArguments): ChildProcess {
  return fork(join(import.meta.dirname, "process.ts"), [JSON.stringify(options)], {
    execArgv: [STACK_SIZE_ARGUMENT],
    stdio: "inherit",
  });
}
