import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

const READY_MS = 90_000;
const STOP_MS = 30_000;

/** A process of the bench that answers questions over the channel to its parent. */
export interface BenchProcess {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Puts a question and waits for the answer; rejects with the process's own error. */
  ask<Answer>(question: string, detail?: unknown): Promise<Answer>;
  /** Sends a message nobody answers. */
  tell(message: object): void;
  /** SIGTERM, and SIGKILL when that does not end it in time. Says whether it ended by itself. */
  stop(): Promise<boolean>;
}

/** How a process is started. */
export interface BenchProcessOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly nodeOptions?: readonly string[];
  /** Called with the name of each event the process tells. */
  readonly onEvent?: (event: string) => void;
}

type Message =
  | { readonly type: "ready" }
  | { readonly type: "event"; readonly event: string }
  | { readonly type: "answer"; readonly id: number; readonly value?: unknown; readonly error?: string };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Starts a script of this folder and waits until it says that it is ready. */
export async function startBenchProcess(
  script: string,
  args: readonly string[] = [],
  options: BenchProcessOptions = {},
): Promise<BenchProcess> {
  const child = fork(join(import.meta.dirname, script), [...args], {
    ...(options.environment === undefined ? {} : { env: options.environment }),
    execArgv: ["--disable-warning=ExperimentalWarning", ...(options.nodeOptions ?? [])],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting = new Map<number, Waiting>();
  const ready = await new Promise<Record<string, unknown>>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${script} was not ready in time`)), READY_MS);
    child.on("message", (message: Message) => {
      if (message.type === "ready") {
        clearTimeout(timer);
        resolve({ ...message });
      } else if (message.type === "event") options.onEvent?.(message.event);
      else if (message.error !== undefined) take(waiting, message.id)?.reject(new Error(message.error));
      else take(waiting, message.id)?.resolve(message.value);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      const error = new Error(`${script} ended (${signal ?? code})`);
      reject(error);
      for (const { reject: refuse } of waiting.values()) refuse(error);
    });
  });
  let lastId = 0;
  return {
    pid: child.pid ?? 0,
    ready,
    ask: <Answer>(question: string, detail?: unknown) =>
      new Promise<Answer>((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve: resolve as (value: unknown) => void, reject });
        child.send({ id: lastId, question, detail });
      }),
    tell: (message) => void child.send(message),
    stop: () => stopProcess(child),
  };
}

function take(waiting: Map<number, Waiting>, id: number): Waiting | undefined {
  const found = waiting.get(id);
  waiting.delete(id);
  return found;
}

/** Ends a process; true when it did so by itself. */
export function stopProcess(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    child.once("exit", (_code, signal) => {
      clearTimeout(timer);
      resolve(signal !== "SIGKILL");
    });
    child.kill("SIGTERM");
  });
}
