import { newId } from "../shared/ids.ts";
import { StreamHub } from "./stream-hub.ts";
import { StreamLog } from "./stream-log.ts";

/** What one process knows about the answers it writes and the readers it serves. */
export interface RunningAnswers {
  /** Names this process in the rows of its runs. */
  readonly instanceId: string;
  readonly hub: StreamHub;
  readonly log: StreamLog;
  /** Runs written here, with the means to stop each. */
  readonly runs: Map<string, RunHandle>;
  isDraining: boolean;
}

/** A run written by this process. */
export interface RunHandle {
  /** Aborts the producer; the reason tells a stop from a shutdown. */
  readonly abort: AbortController;
  /** Resolves when the run's end is stored. */
  readonly done: Promise<void>;
}

// Route handlers are bundled apart from the server, in the same process: the state is shared through the global object.
const holder = globalThis as typeof globalThis & { vouchRunningAnswers?: RunningAnswers };

/** The state of this process. */
export function runningAnswers(): RunningAnswers {
  if (holder.vouchRunningAnswers === undefined) {
    const hub = new StreamHub();
    holder.vouchRunningAnswers = {
      instanceId: newId(),
      hub,
      log: new StreamLog({ publish: (events) => hub.publish(events) }),
      runs: new Map(),
      isDraining: false,
    };
  }
  return holder.vouchRunningAnswers;
}
