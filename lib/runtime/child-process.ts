import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { logger } from "../platform/log.ts";

/** A process of the program. */
export interface ChildOptions {
  readonly name: "database" | "web" | "worker";
  /** File of its main, as a URL. */
  readonly main: URL;
  readonly arguments?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Node options, such as a heap limit. */
  readonly nodeOptions?: readonly string[];
  /** Called each time the process says it is ready, with what it said. */
  onReady?(message: Readonly<Record<string, unknown>>): void;
}

const READY_TIMEOUT_MS = 90_000;
const RESTART_DELAY_MS = 300;
const RESTART_DELAY_MS_MAX = 10_000;
/** A process that ran so long before it died starts the count of restarts anew. */
const STEADY_MS = 60_000;

/**
 * A child that is started again when it dies. It lives in a process group of its own, so that Ctrl-C reaches the
 * supervisor only and the processes end in order; it ends by itself when the supervisor is gone (the channel closes).
 */
export class SupervisedChild {
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #isStopping = false;
  #isReady = false;
  #failures = 0;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  /** Process id at present. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @throws Error when its first start fails: it ended (its own line on standard error says why) or took too long.
   */
  start(): Promise<void> {
    return this.#spawn(true);
  }

  /** Tells it SIGHUP; not before it is ready, since a process that does not listen yet would end. */
  hangUp(): void {
    if (this.#isReady) this.#process?.kill("SIGHUP");
  }

  /** Ends it with SIGTERM, and by force after the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true;
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
      child.once("exit", () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill("SIGTERM");
    });
  }

  #spawn(isFirst: boolean): Promise<void> {
    const startMs = performance.now();
    const child = fork(fileURLToPath(this.#options.main), [...(this.#options.arguments ?? [])], {
      env: this.#options.environment,
      execArgv: ["--disable-warning=ExperimentalWarning", ...(this.#options.nodeOptions ?? [])],
      detached: true,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#process = child;
    this.#isReady = false;
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        const problem = `was not ready in ${READY_TIMEOUT_MS / 1000} s`;
        reject(new ChildStartError(this.#options.name, problem));
        child.kill("SIGKILL");
      }, READY_TIMEOUT_MS);
      let isReady = false;
      child.on("message", (message) => {
        if (!isReadyMessage(message)) return;
        isReady = true;
        this.#isReady = true;
        clearTimeout(timer);
        this.#options.onReady?.(message);
        resolve();
      });
      child.on("error", reject);
      child.on("exit", (exitCode, signal) => {
        clearTimeout(timer);
        if (isFirst && !isReady) reject(new ChildStartError(this.#options.name, signal));
        else this.#restart(exitCode, signal, performance.now() - startMs);
      });
    });
  }

  #restart(exitCode: number | null, signal: string | null, ranMs: number): void {
    if (this.#isStopping) return;
    if (ranMs > STEADY_MS) this.#failures = 0;
    this.#failures += 1;
    const delayMs = Math.min(RESTART_DELAY_MS * 2 ** (this.#failures - 1), RESTART_DELAY_MS_MAX);
    const fields = { process: this.#options.name, exitCode, signal, delayMs, attempt: this.#failures };
    logger.error(fields, "process ended unexpectedly; starting it again");
    setTimeout(() => {
      if (this.#isStopping) return;
      this.#spawn(false).catch((error: unknown) =>
        logger.error({ error, ...fields }, "process did not start"),
      );
    }, delayMs);
  }
}

/** A child that did not become ready. */
export class ChildStartError extends Error {
  override readonly name = "ChildStartError";
  /** True when it ended by itself: then its own line on standard error says why. */
  readonly hasSaidWhy: boolean;

  /** @param problem What happened to it from outside; null when it ended by itself. */
  constructor(process: ChildOptions["name"], problem: string | null) {
    super(`The ${process} process did not start${problem === null ? "" : `: ${problem}`}.`);
    this.hasSaidWhy = problem === null;
  }
}

function isReadyMessage(message: unknown): message is Record<string, unknown> {
  return typeof message === "object" && message !== null && "type" in message && message.type === "ready";
}
