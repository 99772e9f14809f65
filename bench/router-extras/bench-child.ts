import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { childEnvironment } from "../../lib/platform/env.ts";

/** A process of this bench that listens on a port and tells its figures. */
export interface BenchChild<Figures> {
  readonly port: number;
  /** The figures since the last reset; `reset` begins anew. */
  read(question: "figures" | "reset"): Promise<Figures>;
  stop(): Promise<void>;
}

/** Starts `file` of this folder and waits for its port. */
export async function startChild<Figures>(
  file: string,
  args: readonly string[] = [],
): Promise<BenchChild<Figures>> {
  const child: ChildProcess = fork(join(import.meta.dirname, file), args, {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: benchEnvironment(),
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return {
    port,
    async read(question) {
      const answer = once(child, "message");
      child.send(question);
      return (await answer)[0] as Figures;
    },
    async stop() {
      const exit = once(child, "exit");
      child.kill();
      await exit;
    },
  };
}

/** Without a Redis of the machine: the bench measures one process. */
function benchEnvironment(): NodeJS.ProcessEnv {
  return childEnvironment({
    UPSTASH_REDIS_REST_URL: undefined,
    UPSTASH_REDIS_REST_TOKEN: undefined,
    LOG_LEVEL: "error",
    NODE_ENV: "production",
    VOUCH_SECRET: "a secret for benchmarks only, 32 characters",
  });
}
