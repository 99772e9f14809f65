import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../../shared/errors.ts";
import { isSettled, lookAtDocuments } from "./await-documents.ts";
import type { FoundFile } from "./find-files.ts";
import type { IngestTarget } from "./ingest-target.ts";
import { type KnownFiles, type Outcome, removeFile, syncFile } from "./sync-files.ts";

const POLL_MS = 1_000;
/** Until a server that is away is asked again. */
const AWAY_MS = 5_000;

/** What watching needs. */
export interface Watching {
  readonly target: IngestTarget;
  readonly collectionId: string;
  readonly known: KnownFiles;
  readonly isDeleting: boolean;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly onAway: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Files that changed and have not been looked at yet; the newest word about a path counts. */
export class ChangedFiles {
  readonly #changes = new Map<string, FoundFile | null>();
  #wake = () => {};

  /** A file that is new or changed; null for one that is gone. */
  add(path: string, file: FoundFile | null): void {
    this.#changes.delete(path);
    this.#changes.set(path, file);
    this.#wake();
  }

  take(): readonly (readonly [string, FoundFile | null])[] {
    const taken = [...this.#changes];
    this.#changes.clear();
    return taken;
  }

  /** Until something changes, for a while at most. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#changes.size > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
      sleep(milliseconds, undefined, { signal }).then(
        () => resolve(),
        () => resolve(),
      );
    });
  }
}

/** Brings what changes on the disk into the collection until the signal ends it; outlives a server that is away. */
export async function keepWatching(watching: Watching, changed: ChangedFiles): Promise<void> {
  const { target, collectionId, onOutcome, onAway, signal } = watching;
  const open = new Map<string, Outcome>();
  while (!signal.aborted) {
    const changes = changed.take();
    let done = 0;
    try {
      for (const [path, file] of changes) {
        const outcome = await bringIn(watching, path, file);
        done += 1;
        if (outcome === null) continue;
        onOutcome(outcome);
        if (outcome.id !== null && !isSettled(outcome.state)) open.set(outcome.id, outcome);
      }
      if (open.size > 0) await lookAtDocuments(target, collectionId, open, onOutcome);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      for (const [path, file] of changes.slice(done)) changed.add(path, file);
      onAway(error.message);
      await sleep(AWAY_MS, undefined, { signal }).catch(() => {});
      continue;
    }
    await changed.wait(open.size > 0 ? POLL_MS : 60 * POLL_MS, signal);
  }
}

async function bringIn(
  { target, collectionId, known, isDeleting }: Watching,
  path: string,
  file: FoundFile | null,
): Promise<Outcome | null> {
  if (file !== null) {
    const outcome = await syncFile(target, collectionId, file, known);
    return outcome.change === "unchanged" ? null : outcome;
  }
  const document = known.get(path);
  return document === undefined ? null : removeFile(target, path, document.id, known, isDeleting);
}
