import { type ChildProcess, spawn } from "node:child_process";
import { childEnvironment } from "../../../platform/env.ts";

/** A program of the machine and what it is called with. */
export interface ToolCall {
  readonly program: string;
  readonly args: readonly string[];
}

/** What a run may cost. */
export interface ToolLimits {
  readonly timeoutMs: number;
  readonly outputBytesMax: number;
  /** Address space of each program, in megabytes. */
  readonly memoryMb: number;
  readonly signal?: AbortSignal;
}

/** Runs programs one into the other, as a shell's pipe does, and gives what the last one writes; null when one fails. */
export type RunTools = (calls: readonly ToolCall[], limits: ToolLimits) => Promise<string | null>;

/** Only the shell can set a limit that the program cannot take back; its arguments are passed on, never read as shell. */
const LIMITED = 'ulimit -v "$0" 2>/dev/null; exec "$@"';

function start({ program, args }: ToolCall, memoryMb: number, isLast: boolean): ChildProcess {
  return spawn("/bin/sh", ["-c", LIMITED, String(memoryMb * 1024), program, ...args], {
    // Nothing of our environment but where programs lie.
    env: { PATH: childEnvironment({}).PATH, OMP_THREAD_LIMIT: "1" } as unknown as NodeJS.ProcessEnv,
    stdio: [isLast ? "pipe" : "ignore", "pipe", "ignore"],
  });
}

/** {@link RunTools} with the machine's own programs. */
export const runTools: RunTools = (calls, { timeoutMs, outputBytesMax, memoryMb, signal }) =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const children = calls.map((call, index) => start(call, memoryMb, index > 0));
    const parts: Buffer[] = [];
    let size = 0;
    let running = children.length;
    let isWell = true;
    const stop = () => {
      isWell = false;
      for (const child of children) child.kill("SIGKILL");
    };
    const timer = setTimeout(stop, timeoutMs);
    signal?.addEventListener("abort", stop, { once: true });
    const onEnd = (code: number | null) => {
      if (code !== 0) isWell = false;
      running -= 1;
      if (running > 0) return;
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted === true) reject(signal.reason);
      else resolve(isWell ? Buffer.concat(parts).toString("utf8") : null);
    };
    for (const [index, child] of children.entries()) {
      child.once("error", () => onEnd(1));
      child.once("close", onEnd);
      const next = children[index + 1];
      // A program that ends before it has read all makes the pipe break; its own end tells what happened.
      next?.stdin?.on("error", () => {});
      if (next?.stdin) child.stdout?.pipe(next.stdin);
    }
    children.at(-1)?.stdout?.on("data", (part: Buffer) => {
      size += part.length;
      if (size > outputBytesMax) stop();
      else parts.push(part);
    });
  });
