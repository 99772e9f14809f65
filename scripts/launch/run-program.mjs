import { spawn } from "node:child_process";
import { codeOfSignal, END_SIGNALS } from "./run-command.mjs";

/** How often the launcher looks whether the npm that started it is still there. */
const PARENT_POLL_MS = 500;

/**
 * Runs the program in a child that shares the terminal, passes signals on and ends with its exit code. The channel to
 * the child closes when the launcher dies, however it dies: the program then ends in order.
 *
 * @param options.hasChannel the program listens on the channel; scripts of the project do not.
 */
export function runProgram(node, args, { hasChannel, ...options }) {
  const child = spawn(node, args, {
    ...options,
    stdio: hasChannel ? ["inherit", "inherit", "inherit", "ipc"] : "inherit",
  });
  // A terminal sends Ctrl-C to the whole group, so the child may hear it twice: it counts the first.
  for (const signal of END_SIGNALS) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) endWithParent(child);
  child.on("error", (error) => {
    process.stderr.write(`vouch: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? codeOfSignal(signal)));
}

/** npm that is killed cannot pass the signal on: its child is then handed to another parent. */
function endWithParent(child) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child.kill("SIGTERM");
  }, PARENT_POLL_MS);
  timer.unref();
}
