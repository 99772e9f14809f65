import { slices } from "../../shared/slices.ts";
import { findPlacedChunks } from "../queries/chunks.ts";
import type { ClaimStep } from "../queries/claims.ts";
import {
  discardBuilding,
  openBuilding,
  settleClaim,
  storePart,
  sweepRetired,
  switchVersion,
} from "../queries/ingestion.ts";
import { findBuildingVersion, type NewPage } from "../queries/versions.ts";
import { embedChunks, toRevised } from "./embed-chunks.ts";
import type { Ingestion } from "./ingestion.ts";
import { type MatchedChunks, matchChunks } from "./match-chunks.ts";
import type { PreparedChunk, PreparedDocument } from "./prepare-document.ts";
import { storingPace } from "./storing-pace.ts";

const PAGE_BATCH_BYTES = 150_000;
const ROWS_PER_STATEMENT = 200;
/** Passages embedded at a time; they are stored in smaller parts. */
const EMBED_BATCH = 64;

/**
 * Stores a long document in parts, each in a short transaction that also says how far the reading is. What an
 * interrupted run stored is kept; one commit makes the version visible, and what it retired goes afterwards.
 */
export async function storeLarge(ingestion: Ingestion, prepared: PreparedDocument): Promise<void> {
  const { document, signal } = ingestion;
  const versionId = await resumeOrOpen(prepared);
  const version = { ...prepared.version, id: versionId };
  for (const pages of pageBatches(version.pages)) {
    signal.throwIfAborted();
    await storePart(document, stepAt(prepared.doneShare, 0), {
      pages: pages.map((page) => ({ ...page, versionId })),
    });
  }
  const before = await findPlacedChunks(document, [document.id], "active");
  const match = matchChunks(versionId, prepared.chunks, before);
  await storePassages(ingestion, prepared, versionId, match);
  for (const kept of slices(match.kept, ROWS_PER_STATEMENT)) {
    signal.throwIfAborted();
    await storePart(document, stepAt(prepared.doneShare, 1), { kept });
  }
  for (const chunkIds of slices(match.gone, ROWS_PER_STATEMENT)) {
    signal.throwIfAborted();
    await storePart(document, stepAt(prepared.doneShare, 1), { retired: { versionId, chunkIds } });
  }
  signal.throwIfAborted();
  await switchVersion({ ...prepared.activation, claim: document, versionId, isSettled: false });
  await finishSweeping(document, versionId);
}

/** Removes what the active version retired and ends the reading. */
export async function finishSweeping(document: Ingestion["document"], versionId: string): Promise<void> {
  await sweepRetired(document, document.id, versionId);
  await settleClaim(document);
}

/** How far the reading is when this share of the passages is stored, after so much work before. */
function stepAt(before: number, share: number): ClaimStep {
  // Below 1: a document whose progress is 1 has switched.
  return { state: "indexing", progress: Math.min(0.99, before + (1 - before) * share) };
}

/** Goes on with the version of an interrupted run when it is of the same reading; another one is removed first. */
async function resumeOrOpen({ document, version, chunks, doneShare }: PreparedDocument): Promise<string> {
  const building = await findBuildingVersion(document, document.id);
  if (building !== null) {
    const placed = await findPlacedChunks(document, [document.id], "building");
    const isSame =
      building.contentHash === version.contentHash &&
      building.blobKey === version.blobKey &&
      building.parser === version.parser &&
      building.text === version.text &&
      placed.every(({ ordinal, contentKey }) => chunks[ordinal]?.contentKey === contentKey);
    if (isSame) return building.id;
    await discardBuilding(document, { documentId: document.id, versionId: building.id });
  }
  await openBuilding(document, version, stepAt(doneShare, 0));
  return version.id;
}

/** A passage whose terms and vector are to be made; with an id when the passage itself is stored already. */
interface OpenPassage {
  readonly chunk: PreparedChunk;
  readonly chunkId: string | null;
}

/** What is still to be made: new passages, and those about which an earlier reading or run knew another sentence. */
async function findOpen(
  { document, chunks }: PreparedDocument,
  match: MatchedChunks,
): Promise<readonly OpenPassage[]> {
  const placed = await findPlacedChunks(document, [document.id], "building");
  const stored = new Set(placed.map(({ ordinal }) => ordinal));
  const revised = new Map(match.revised.map(({ chunkId, chunk }) => [chunkId, chunk]));
  for (const { chunkId, ordinal, note } of placed) {
    const chunk = chunks[ordinal];
    if (chunk !== undefined && chunk.note !== note) revised.set(chunkId, chunk);
  }
  return [
    ...match.added.filter(({ ordinal }) => !stored.has(ordinal)).map((chunk) => ({ chunk, chunkId: null })),
    ...Array.from(revised, ([chunkId, chunk]) => ({ chunk, chunkId })),
  ];
}

async function storePassages(
  { document, signal, deps }: Ingestion,
  prepared: PreparedDocument,
  versionId: string,
  match: MatchedChunks,
): Promise<void> {
  const open = await findOpen(prepared, match);
  const owner = { collectionId: document.collectionId, documentId: document.id, versionId };
  const total = Math.max(prepared.chunks.length, open.length);
  let done = total - open.length;
  for (const batch of slices(open, EMBED_BATCH)) {
    signal.throwIfAborted();
    const wanted = batch.map(({ chunk }) => chunk);
    const { chunks: embedded, vectorSpace } = await embedChunks(document, wanted, signal, deps);
    for (let from = 0; from < embedded.length; ) {
      signal.throwIfAborted();
      const part = embedded.slice(from, from + storingPace.chunks);
      const ids = batch.slice(from, from + part.length).map(({ chunkId }) => chunkId);
      from += part.length;
      done += part.length;
      const startedMs = performance.now();
      const chunks = part.filter((_, index) => ids[index] === null);
      const index = part.flatMap((chunk, at) => {
        const chunkId = ids[at] ?? null;
        return chunkId === null ? [] : [toRevised(chunkId, chunk)];
      });
      await storePart(document, stepAt(prepared.doneShare, done / total), {
        chunks: { owned: { owner, chunks }, vectorSpace },
        revised: { index, vectorSpace },
      });
      storingPace.note(part.length, performance.now() - startedMs);
    }
  }
}

function* pageBatches(pages: readonly NewPage[]): Generator<readonly NewPage[]> {
  let batch: NewPage[] = [];
  let bytes = 0;
  for (const page of pages) {
    batch.push(page);
    bytes += 100 + page.runs.length * 45 + page.places.length * 30;
    if (bytes < PAGE_BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}
