import type { TenantScope } from "../../platform/db/index.ts";
import { logger } from "../../platform/log.ts";
import { AppError } from "../../shared/errors.ts";
import { claimDocument, endClaim } from "../queries/claims.ts";
import { discardBuilding } from "../queries/ingestion.ts";
import { findBuildingVersion } from "../queries/versions.ts";
import { addNotes } from "./add-notes.ts";
import { type IngestDeps, type Ingestion, ingestDeps } from "./ingestion.ts";
import { type PreparedDocument, prepareDocuments, type ReadDocument } from "./prepare-document.ts";
import { readDocument } from "./read-document.ts";
import { endAfter, isTaken } from "./settle-failure.ts";
import { finishSweeping, storeLarge } from "./store-large.ts";
import { isSmall, storeSmall } from "./store-small.ts";

/** Steps that several documents may take together. */
export interface SharedSteps {
  readonly prepare: (read: ReadDocument) => Promise<PreparedDocument>;
  readonly storeSmall: (prepared: PreparedDocument) => Promise<unknown>;
}

function stepsAlone({ signal, deps }: Ingestion): SharedSteps {
  return {
    prepare: async (read) => {
      const [prepared] = await prepareDocuments([read]);
      if (prepared === undefined) throw new AppError("internal");
      return prepared;
    },
    storeSmall: (prepared) => storeSmall([prepared], signal, deps),
  };
}

/**
 * Reads a claimed document and makes it searchable. Every step can be run again: parts that an interrupted run stored
 * are kept, and one commit makes all passages visible together. What goes wrong is written to the document, as far as
 * its claim still holds.
 */
export async function ingestClaimed(
  ingestion: Ingestion,
  steps: SharedSteps = stepsAlone(ingestion),
): Promise<void> {
  const { document, signal } = ingestion;
  const startedMs = performance.now();
  const fields = { orgId: document.orgId, documentId: document.id };
  try {
    const prepared = await ingest(ingestion, steps);
    const durationMs = Math.round(performance.now() - startedMs);
    const pages = prepared?.version.pages.length;
    logger.info({ ...fields, pages, chunks: prepared?.chunks.length, durationMs }, "document indexed");
  } catch (error) {
    if (isTaken(error, signal)) return;
    const end = endAfter(error, document, signal);
    const code = error instanceof AppError ? error.code : "internal";
    logger.info({ ...fields, code, outcome: end.kind, error }, "document not indexed");
    if (end.kind === "failed") await dropBuilding(ingestion);
    await endClaim(document, end);
  }
}

async function ingest(ingestion: Ingestion, steps: SharedSteps): Promise<PreparedDocument | undefined> {
  const { document, signal } = ingestion;
  const isSwitched = document.state === "indexing" && document.progress === 1;
  if (isSwitched && document.activeVersionId !== null) {
    await finishSweeping(document, document.activeVersionId);
    return undefined;
  }
  const read = await readDocument(ingestion);
  signal.throwIfAborted();
  if (!/[\p{L}\p{N}]/u.test(read.file.text)) {
    if (!read.awaitsRecognition) throw new AppError("document_without_text");
    await endClaim(document, { kind: "ocr" });
    return undefined;
  }
  const prepared = await addNotes(ingestion, await steps.prepare({ document, ...read }));
  signal.throwIfAborted();
  if (isSmall(prepared)) await steps.storeSmall(prepared);
  else await storeLarge(ingestion, prepared);
  return prepared;
}

/** A version that will never be visible is removed before the document is given up. */
async function dropBuilding({ document }: Ingestion): Promise<void> {
  const building = await findBuildingVersion(document, document.id);
  if (building === null) return;
  await discardBuilding(document, { documentId: document.id, versionId: building.id });
}

/** Reads one document in this process, if it waits; the worker's way without its queue. */
export async function ingestDocument(
  scope: TenantScope,
  documentId: string,
  signal: AbortSignal,
  deps: IngestDeps = ingestDeps,
): Promise<void> {
  const document = await claimDocument(scope, documentId);
  if (document !== null) await ingestClaimed({ document, signal, deps });
}
