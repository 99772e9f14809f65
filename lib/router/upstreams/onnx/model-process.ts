import { type ChildProcess, fork } from "node:child_process";
import type { StopSignal } from "../../stop-signal.ts";
import type { FromModel, ModelResult, ModelSettings, ModelTask, ToModel } from "./messages.ts";
import { ModelFault, type ModelFaultKind } from "./model-fault.ts";
import { processMain } from "./onnx-packages.ts";

/** Calls that take turns in the process; they share its time, batch by batch. */
const MAX_RUNNING = 4;
/** Calls that wait behind them; more are refused. */
const MAX_WAITING = 64;
/** Large models come from slow disks. */
const LOAD_TIMEOUT_MS = 120_000;
/** A process that says nothing for so long after it was told to stop is stuck: a batch takes seconds. */
const STUCK_MS = 15_000;

/** Times a model's process lives by, milliseconds. */
export interface ModelTimes {
  /** It is given up when nobody asked for so long. */
  readonly idleMs: number;
  readonly stuckMs?: number;
}

interface Entry {
  readonly id: number;
  readonly task: ModelTask;
  /** Says how it ended to whoever waits; what comes after the first time is not heard. */
  readonly settle: (outcome: ModelResult | ModelFault) => void;
  /** Armed when it was told to stop. */
  stuckTimer?: NodeJS.Timeout;
}

/** What is known of a model's process. */
export interface ModelProcessState {
  readonly phase: "cold" | "loading" | "ready";
  readonly pid: number | undefined;
  readonly running: number;
  readonly waiting: number;
  /** Why it could not be loaded the last time it was tried. */
  readonly reason: string | undefined;
}

/**
 * A model in a process of its own, started by the first call and given up when nobody asks for a while. Whatever
 * becomes of the process fails the calls it was working on, and nothing else; the next call starts another.
 */
export class ModelProcess {
  readonly #settings: ModelSettings;
  readonly #times: ModelTimes;
  readonly #waiting: Entry[] = [];
  readonly #running = new Map<number, Entry>();
  #child: ChildProcess | undefined;
  #isReady = false;
  #reason: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(settings: ModelSettings, times: ModelTimes) {
    this.#settings = settings;
    this.#times = times;
  }

  /** Rejects ModelFault. */
  run(task: ModelTask, signal: StopSignal, timeoutMs: number): Promise<ModelResult> {
    if (signal.aborted) return Promise.reject(fault("cancelled"));
    if (this.#waiting.length >= MAX_WAITING) return Promise.reject(fault("full"));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<ModelResult>((resolve, reject) => {
      const leave = () => this.#stop(entry, "cancelled");
      const timer = setTimeout(() => this.#stop(entry, "timeout"), timeoutMs);
      const entry: Entry = {
        id,
        task,
        settle: (outcome) => {
          clearTimeout(timer);
          signal.removeEventListener("abort", leave);
          if (outcome instanceof ModelFault) reject(outcome);
          else resolve(outcome);
        },
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(entry);
      this.#proceed();
    });
  }

  state(): ModelProcessState {
    return {
      phase: this.#child === undefined ? "cold" : this.#isReady ? "ready" : "loading",
      pid: this.#child?.pid,
      running: this.#running.size,
      waiting: this.#waiting.length,
      reason: this.#reason,
    };
  }

  /** Ends the process at once; calls under way fail. */
  close(): void {
    for (const entry of this.#waiting.splice(0)) entry.settle(fault("cancelled"));
    this.#end("cancelled");
  }

  #proceed(): void {
    if (this.#waiting.length > 0 && this.#child === undefined) this.#start();
    while (this.#isReady && this.#running.size < MAX_RUNNING) {
      const entry = this.#waiting.shift();
      if (entry === undefined) break;
      this.#running.set(entry.id, entry);
      this.#send({ type: "run", id: entry.id, task: entry.task });
    }
    const isBusy = this.#running.size + this.#waiting.length > 0;
    if (this.#isReady) this.#restTimer(isBusy);
    if (this.#child === undefined) return;
    // A process that waits for work keeps no program alive.
    for (const part of [this.#child, this.#child.channel]) isBusy ? part?.ref() : part?.unref();
  }

  #restTimer(isBusy: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = isBusy ? undefined : setTimeout(() => this.#end("cancelled"), this.#times.idleMs).unref();
  }

  #start(): void {
    const child = fork(processMain(), {
      execArgv: ["--permission", "--allow-fs-read=*", "--allow-addons", "--no-warnings"],
      env: { NODE_ENV: "production" },
      serialization: "advanced",
      // What the runtime prints is for its developers; the messages say what matters.
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child = child;
    this.#timer = setTimeout(
      () => this.#refuse(`it was not loaded within ${LOAD_TIMEOUT_MS / 1000} s`),
      LOAD_TIMEOUT_MS,
    );
    child.on("message", (message: FromModel) => {
      if (this.#child === child) this.#take(message);
    });
    const ended = (how: string) => {
      if (this.#child !== child) return;
      if (this.#isReady) this.#end("crashed");
      else this.#refuse(`its process ended while it loaded (${how})`);
      this.#proceed();
    };
    child.on("error", (error) => ended(error.message));
    child.on("exit", (exitCode, signal) => ended(signal ?? `exit code ${exitCode}`));
    this.#send({ type: "load", settings: this.#settings });
  }

  #take(message: FromModel): void {
    if (message.type === "unusable") {
      this.#refuse(message.reason);
      return;
    }
    if (message.type === "loaded") {
      this.#isReady = true;
      this.#reason = undefined;
    } else {
      const entry = this.#running.get(message.id);
      clearTimeout(entry?.stuckTimer);
      this.#running.delete(message.id);
      if (message.type === "done") entry?.settle(message.result);
      if (message.type === "failed") entry?.settle(new ModelFault("failed", message.reason));
    }
    this.#proceed();
  }

  #stop(entry: Entry, kind: "cancelled" | "timeout"): void {
    entry.settle(fault(kind));
    const at = this.#waiting.indexOf(entry);
    if (at >= 0) this.#waiting.splice(at, 1);
    else if (this.#running.has(entry.id)) {
      // It keeps its place until the process says that it let go of it.
      this.#send({ type: "stop", id: entry.id });
      entry.stuckTimer = setTimeout(() => {
        this.#end("crashed");
        this.#proceed();
      }, this.#times.stuckMs ?? STUCK_MS);
    }
    this.#proceed();
  }

  /** It cannot be loaded: nobody needs to wait for it. */
  #refuse(reason: string): void {
    this.#reason = reason;
    for (const entry of this.#waiting.splice(0)) entry.settle(new ModelFault("unusable", reason));
    this.#end("crashed");
  }

  #end(kind: ModelFaultKind): void {
    clearTimeout(this.#timer);
    const child = this.#child;
    this.#child = undefined;
    this.#isReady = false;
    for (const entry of this.#running.values()) {
      clearTimeout(entry.stuckTimer);
      entry.settle(fault(kind));
    }
    this.#running.clear();
    child?.kill("SIGKILL");
  }

  #send(message: ToModel): void {
    // A process that is gone is noticed by its end.
    if (this.#child?.connected === true) this.#child.send(message, () => {});
  }
}

const SENTENCES: Record<Exclude<ModelFaultKind, "unusable" | "failed">, string> = {
  crashed: "its process ended in the middle",
  timeout: "it took too long",
  full: "too many calls wait for it",
  cancelled: "the call was given up",
};

function fault(kind: ModelFaultKind): ModelFault {
  return new ModelFault(kind, kind === "unusable" || kind === "failed" ? kind : SENTENCES[kind]);
}
