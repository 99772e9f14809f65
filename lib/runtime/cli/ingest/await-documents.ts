import { setTimeout as sleep } from "node:timers/promises";
import type { IngestTarget } from "./ingest-target.ts";
import type { Outcome } from "./sync-files.ts";

const POLL_MS = 400;
/** A long list is asked for less often. */
const POLL_MAX_MS = 3_000;

const DONE = new Set(["ready", "failed", "cancelled", "deleted"]);

/** True when nothing more will happen to a document by itself. */
export function isSettled(state: string): boolean {
  return DONE.has(state);
}

/** Reads how open documents stand, once; those that are settled are told and left out from then on. */
export async function lookAtDocuments(
  target: IngestTarget,
  collectionId: string,
  open: Map<string, Outcome>,
  onSettled: (outcome: Outcome) => void,
): Promise<void> {
  const seen = new Set<string>();
  for await (const { id, state, stateDetail } of target.documents(collectionId)) {
    const outcome = open.get(id);
    if (outcome === undefined) continue;
    seen.add(id);
    outcome.state = state;
    if (!isSettled(state)) continue;
    outcome.error =
      state === "failed" ? stateDetail : state === "cancelled" ? "Reading it was cancelled." : null;
    open.delete(id);
    onSettled(outcome);
  }
  for (const [id, outcome] of open) {
    if (seen.has(id)) continue;
    // Deleted by somebody meanwhile: nothing to wait for.
    Object.assign(outcome, { state: "failed", error: "The document was deleted." });
    open.delete(id);
    onSettled(outcome);
  }
}

/** Waits until documents are ready or have failed, or the signal ends the wait. */
export async function awaitDocuments(
  target: IngestTarget,
  collectionId: string,
  outcomes: readonly Outcome[],
  onSettled: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<void> {
  const open = new Map(
    outcomes.flatMap((outcome) =>
      outcome.id === null || isSettled(outcome.state) ? [] : [[outcome.id, outcome] as const],
    ),
  );
  let pauseMs = POLL_MS;
  while (open.size > 0 && !signal.aborted) {
    const startedMs = Date.now();
    await lookAtDocuments(target, collectionId, open, onSettled);
    pauseMs = Math.min(Math.max(POLL_MS, (Date.now() - startedMs) * 4), POLL_MAX_MS);
    if (open.size > 0) await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}
