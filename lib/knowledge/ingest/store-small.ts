import { findPlacedChunks } from "../queries/chunks.ts";
import { type SmallDocument, storeSmallDocuments } from "../queries/ingestion.ts";
import { embedChunks, toRevised } from "./embed-chunks.ts";
import type { IngestDeps } from "./ingestion.ts";
import { matchChunks } from "./match-chunks.ts";
import type { PreparedDocument } from "./prepare-document.ts";
import { storingPace } from "./storing-pace.ts";

/** Passages up to which a document is stored whole in one transaction. */
const SMALL_CHUNKS_MAX = 24;
const SMALL_BYTES_MAX = 200_000;

/** About the bytes that a document's text and page map take in statements. */
function storedBytes({ version }: PreparedDocument): number {
  return version.pages.reduce(
    (sum, page) => sum + 100 + page.runs.length * 45 + page.places.length * 30,
    version.text.length,
  );
}

/** True for a document that {@link storeSmall} may store. */
export function isSmall(prepared: PreparedDocument): boolean {
  const { document, chunks } = prepared;
  return (
    !document.hasBuilding && chunks.length <= SMALL_CHUNKS_MAX && storedBytes(prepared) <= SMALL_BYTES_MAX
  );
}

/**
 * Stores small documents of one organisation together: one call for all vectors, one transaction for all rows, one
 * commit that makes them visible.
 *
 * @returns the ids of those that were stored; a claim on the others was lost.
 */
export async function storeSmall(
  prepared: readonly PreparedDocument[],
  signal: AbortSignal,
  deps: IngestDeps,
): Promise<ReadonlySet<string>> {
  const [first] = prepared;
  if (first === undefined) return new Set();
  const scope = { orgId: first.document.orgId };
  const known = prepared.filter(({ document }) => document.activeVersionId !== null);
  const placed = await findPlacedChunks(
    scope,
    known.map(({ document }) => document.id),
    "active",
  );
  const matches = prepared.map(({ document, version, chunks }) =>
    matchChunks(
      version.id,
      chunks,
      placed.filter(({ documentId }) => documentId === document.id),
    ),
  );
  const added = matches.flatMap((match) => match.added);
  const wanted = [...added, ...matches.flatMap((match) => match.revised.map(({ chunk }) => chunk))];
  const embedded = await embedChunks(first.document, wanted, signal, deps);
  signal.throwIfAborted();
  let next = 0;
  let nextRevised = added.length;
  const documents = prepared.map(({ document, version, activation }, index): SmallDocument => {
    const match = matches[index];
    const count = match?.added.length ?? 0;
    const chunks = embedded.chunks.slice(next, next + count);
    next += count;
    const revised = (match?.revised ?? []).flatMap(({ chunkId }) => {
      const chunk = embedded.chunks[nextRevised];
      nextRevised += 1;
      return chunk === undefined ? [] : [toRevised(chunkId, chunk)];
    });
    return {
      claim: document,
      collectionId: document.collectionId,
      version,
      chunks,
      kept: match?.kept ?? [],
      revised,
      gone: match?.gone ?? [],
      replaces: document.activeVersionId !== null,
      activation,
    };
  });
  const startedMs = performance.now();
  const stored = await storeSmallDocuments(scope, documents, embedded.vectorSpace);
  storingPace.note(wanted.length, performance.now() - startedMs);
  return stored;
}
