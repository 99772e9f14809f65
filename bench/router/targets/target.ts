import type { Address } from "../load/load-plan.ts";

/** A target that runs. */
export interface RunningTarget {
  readonly address: Address;
  /** Processes whose processor time and memory are the target's. */
  readonly pids: readonly number[];
  /** Processes that work for it beside it, measured in a column of their own. */
  readonly databasePids?: readonly number[];
  /** Ends it; false when it had to be ended by force. */
  stop(): Promise<boolean>;
  /** Told `window nears` a second before the measured window and `window ends` after it. */
  onWindow?(event: string): void;
}

/** Something requests can be sent through. */
export interface Target {
  readonly name: string;
  /**
   * Starts it anew, as a process of its own, in front of the mock upstream.
   *
   * @param label Names the run, for files it leaves behind.
   */
  start(upstreamPort: number, label: string): Promise<RunningTarget>;
  close?(): Promise<void>;
}

/** A target that cannot run here, and why. */
export interface MissingTarget {
  readonly name: string;
  readonly missing: string;
}

/** The path all targets are asked for. */
export const CHAT_PATH = "/v1/chat/completions";
