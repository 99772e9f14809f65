import { searchTerms } from "../../shared/text/search-terms.ts";
import type { NewChunk, RevisedIndex } from "../queries/chunks.ts";
import type { ClaimedDocument } from "../queries/claims.ts";
import type { IngestDeps } from "./ingestion.ts";
import type { PreparedChunk } from "./prepare-document.ts";

/** Passages with their vectors and terms, and the space the vectors are in. */
export interface EmbeddedChunks {
  readonly chunks: readonly NewChunk[];
  readonly vectorSpace: string;
}

/** Asks for the vectors of passages, on the account of whoever added the document. */
export async function embedChunks(
  { orgId, createdBy }: Pick<ClaimedDocument, "orgId" | "createdBy">,
  prepared: readonly PreparedChunk[],
  signal: AbortSignal,
  deps: IngestDeps,
): Promise<EmbeddedChunks> {
  const principal = createdBy === null ? undefined : { orgId, userId: createdBy };
  const texts = prepared.map(({ indexed }) => indexed);
  // While another embedder's vectors are being made, what comes in is found with the rest.
  const { model } = await deps.servingModel({ orgId });
  const { vectors, space, dimensions } = await deps.embedTexts(texts, { signal, principal, model });
  if (texts.length > 0) await deps.ensureVectorSpace({ name: space, dimensions });
  const chunks = prepared.flatMap(({ indexed, ...chunk }, index) => {
    const embedding = vectors[index];
    return embedding === undefined ? [] : [{ ...chunk, searchTerms: searchTerms(indexed), embedding }];
  });
  return { chunks, vectorSpace: space };
}

/** An embedded passage that is stored already, by the id it has. */
export function toRevised(chunkId: string, { note, searchTerms: terms, embedding }: NewChunk): RevisedIndex {
  return { chunkId, note, searchTerms: terms, embedding };
}
