import type { TenantScope } from "../../platform/db/index.ts";
import { logger } from "../../platform/log.ts";
import type { ErrorCode } from "../../shared/error-table.ts";
import { AppError } from "../../shared/errors.ts";
import type { ParsedFile } from "../parse/parse-bytes.ts";
import { recordProgress } from "../queries/documents.ts";
import type { Ingestion } from "./ingestion.ts";

/** Share of the work that reading is. */
export const PARSE_SHARE = 0.4;
/** A step that is over sooner is not worth a row's change. */
const PROGRESS_EVERY_MS = 300;

/** Marks a document as failed, with the sentence a person reads. */
export async function failDocument(
  scope: TenantScope,
  documentId: string,
  code: ErrorCode,
  page?: number,
): Promise<void> {
  const sentence = new AppError(code).message;
  await recordProgress(scope, documentId, {
    state: "failed",
    progress: 0,
    errorCode: code,
    stateDetail: page === undefined ? sentence : `${sentence} (Page ${page}.)`,
  });
  logger.info({ orgId: scope.orgId, documentId, code }, "document failed");
}

/** Writes the share done from time to time while a file is read. */
function followReading({ scope, document }: Ingestion) {
  let share = 0;
  let writing: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    // Display only: a lost step is made good by the next.
    writing = recordProgress(scope, document.id, {
      state: "parsing",
      progress: PARSE_SHARE * share,
    }).catch(() => {});
  }, PROGRESS_EVERY_MS);
  return {
    onProgress: (done: number, total: number) => {
      share = done / total;
    },
    end: async () => {
      clearInterval(timer);
      await writing;
    },
  };
}

/**
 * Reads the file of a document.
 *
 * @returns null when it cannot be read and was marked as failed: another try would end the same way.
 */
export async function readDocument(ingestion: Ingestion): Promise<ParsedFile | null> {
  const { scope, document, signal, deps } = ingestion;
  const reading = followReading(ingestion);
  try {
    return await deps.parseFile({
      path: deps.blobPath(document.blobKey),
      fileName: document.fileName,
      signal,
      onProgress: reading.onProgress,
    });
  } catch (error) {
    await reading.end();
    signal.throwIfAborted();
    if (!(error instanceof AppError) || !error.code.startsWith("document_")) throw error;
    const page = error.context.page;
    await failDocument(scope, document.id, error.code, typeof page === "number" ? page : undefined);
    return null;
  } finally {
    await reading.end();
  }
}
