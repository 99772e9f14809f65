import { setTimeout as sleep } from "node:timers/promises";
import type { TenantScope } from "../../platform/db/index.ts";
import { logger } from "../../platform/log.ts";
import { embedTexts } from "../../router/index.ts";
import { AppError } from "../../shared/errors.ts";
import { indexedText } from "../chunk/chunk-text.ts";
import { isOfflineOpen } from "../ingest/offline-schedule.ts";
import { ensureVectorSpace } from "../ingest/vector-spaces.ts";
import {
  deleteOtherVectors,
  findDocumentIdsAfter,
  findServingSpace,
  findUnembedded,
  hasOnlineWork,
  insertVectors,
  setServingSpace,
  type UnembeddedChunk,
} from "../queries/serving-space.ts";
import { forgetServingSpace, type SpaceDeps, spaceDeps } from "./serving-space.ts";

/** The outside of re-embedding. */
export interface ReembedDeps extends SpaceDeps {
  readonly embedTexts: typeof embedTexts;
  readonly isOfflineOpen: (scope: TenantScope) => Promise<boolean>;
  /** Whether somebody waits for a document. */
  readonly hasOnlineWork: () => Promise<boolean>;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** The real outside. */
export const reembedDeps: ReembedDeps = {
  ...spaceDeps,
  embedTexts,
  isOfflineOpen: (scope) => isOfflineOpen(scope),
  hasOnlineWork,
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

/** Passages in one statement: it stays below 100 ms, with the index of a server. */
const BATCH = 24;
/** Passages asked for at once: a request to a model may take all of them. */
const LOOK = 48;
const DOCUMENTS = 50;
const DELETE_BATCH = 200;
/** Between two batches, so that those who wait for the database or this process have their turn. */
const PAUSE_MS = 10;
/** While somebody waits for a document only one batch is made in this time. */
const YIELD_MS = 500;
const YIELDS = 60;
/** How often it is asked whether offline work may still run. */
const LOOK_AT_SCHEDULE_EVERY = 20;
/** Vectors of the space before stay until every process has noticed the switch. */
const SETTLE_MS = 5_000;

/** What one run came to. */
export type ReembedOutcome = "current" | "switched" | "waiting";

/**
 * Gives all passages of an organisation vectors of the present embedder while the space before answers searches; when
 * none is missing one commit switches, and the old vectors go. Every batch is stored: a run that is cut off goes on
 * where it stopped. Runs as offline work does.
 *
 * @returns `waiting` when offline work may not run now.
 * @throws what the model throws; the signal's reason.
 */
export async function reembedOrganisation(
  scope: TenantScope,
  signal: AbortSignal,
  deps: ReembedDeps = reembedDeps,
): Promise<ReembedOutcome> {
  const space = deps.embeddingSpace();
  const before = await findServingSpace(scope);
  const isSwitching = before !== null && before !== space;
  // Another model may be configured while this one works: the job that follows takes that one.
  const isStale = () => deps.embeddingSpace() !== space;
  for (;;) {
    const added = await addVectors(scope, space, signal, { ...deps, isStale });
    if (added === "waiting") return added;
    if (added === 0) break;
  }
  if (isStale()) return "waiting";
  if (isSwitching) {
    await setServingSpace(scope, space);
    forgetServingSpace(scope.orgId);
    logger.info({ orgId: scope.orgId, name: space }, "searches answered from another vector space");
    await deps.sleep(SETTLE_MS, signal);
    // What came in meanwhile was embedded in the space before.
    await addVectors(scope, space, signal, { ...deps, isStale });
  }
  while (!isStale() && (await deleteOtherVectors(scope, space, DELETE_BATCH)) === DELETE_BATCH) {
    signal.throwIfAborted();
    await deps.sleep(PAUSE_MS, signal);
  }
  return isSwitching ? "switched" : "current";
}

type PassDeps = ReembedDeps & { readonly isStale: () => boolean };

/** Goes through all documents once. @returns how many vectors were added. */
async function addVectors(
  scope: TenantScope,
  space: string,
  signal: AbortSignal,
  deps: PassDeps,
): Promise<number | "waiting"> {
  let added = 0;
  let batches = 0;
  let after: string | null = null;
  for (;;) {
    const documentIds: readonly string[] = await findDocumentIdsAfter(scope, after, DOCUMENTS);
    after = documentIds.at(-1) ?? null;
    if (after === null) return added;
    for (;;) {
      signal.throwIfAborted();
      if (batches % LOOK_AT_SCHEDULE_EVERY === 0 && !(await deps.isOfflineOpen(scope))) return "waiting";
      const chunks = await findUnembedded(scope, documentIds, space, LOOK);
      if (chunks.length === 0) break;
      if (deps.isStale()) return "waiting";
      await embedAndStore(scope, space, chunks, signal, deps);
      added += chunks.length;
      batches += 1;
      await giveWay(signal, deps);
    }
  }
}

/** Leaves the machine to those who wait; not for ever, since there may always be somebody. */
async function giveWay(signal: AbortSignal, deps: PassDeps): Promise<void> {
  await deps.sleep(PAUSE_MS, signal);
  for (let yields = 0; yields < YIELDS && (await deps.hasOnlineWork()); yields += 1) {
    await deps.sleep(YIELD_MS, signal);
  }
}

async function embedAndStore(
  scope: TenantScope,
  space: string,
  chunks: readonly UnembeddedChunk[],
  signal: AbortSignal,
  deps: PassDeps,
): Promise<void> {
  for (const [createdBy, owned] of Map.groupBy(chunks, (chunk) => chunk.createdBy)) {
    const principal = createdBy === null ? undefined : { orgId: scope.orgId, userId: createdBy };
    const texts = owned.map((chunk) => indexedText(chunk.title, chunk));
    const embedded = await deps.embedTexts(texts, { signal, principal });
    // Configured anew while the model was asked: these belong to another space.
    if (embedded.space !== space) throw new AppError("unavailable");
    await ensureVectorSpace({ name: space, dimensions: embedded.dimensions });
    const vectors = owned.flatMap(({ id, note }, index) => {
      const embedding = embedded.vectors[index];
      return embedding === undefined ? [] : [{ id, note, embedding }];
    });
    for (let from = 0; from < vectors.length; from += BATCH) {
      await insertVectors(scope, space, vectors.slice(from, from + BATCH));
    }
  }
}
