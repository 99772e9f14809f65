import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LimiterOrder, LimiterProcessOptions, LimiterResult } from "./test-limiter-process.ts";

/** A limiter in a process of its own. */
export interface ForkedLimiter {
  order(order: LimiterOrder): Promise<LimiterResult>;
  /** Ends the process without a word. */
  kill(): Promise<void>;
}

/** Starts a process with a limiter. */
export async function forkLimiter(options: LimiterProcessOptions): Promise<ForkedLimiter> {
  const child = fork(fileURLToPath(new URL("./test-limiter-process.ts", import.meta.url)), {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  child.on("message", ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) waiter?.resolve(result as never);
    else waiter?.reject(new Error(error));
  });
  child.once("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error("the limiter's process ended"));
  });
  const ask = <Result>(message: object): Promise<Result> =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      child.send({ ...message, id: last });
    });
  await ask({ start: options });
  return {
    order: (order) => ask({ order }),
    kill: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      }),
  };
}
