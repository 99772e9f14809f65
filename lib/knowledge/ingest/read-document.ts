import type { ParsedFile } from "../parse/parse-bytes.ts";
import { recordStep } from "../queries/claims.ts";
import type { Ingestion } from "./ingestion.ts";

/** Share of the work that reading is. */
export const PARSE_SHARE = 0.4;
/** A step that is over sooner is not worth a row's change. */
const PROGRESS_EVERY_MS = 400;

/** Writes the share done from time to time while a file is read. */
function followReading(document: Ingestion["document"]) {
  let share = 0;
  let writing: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    // Display only: a lost step is made good by the next, and a lost claim is noticed where it matters.
    writing = recordStep(document, { state: "parsing", progress: PARSE_SHARE * share }).catch(() => {});
  }, PROGRESS_EVERY_MS);
  return {
    onProgress: (done: number, total: number) => {
      share = total === 0 ? 0 : done / total;
    },
    end: async () => {
      clearInterval(timer);
      await writing;
    },
  };
}

/** Reads the file of a document. @throws AppError with a `document_...` code; the signal's reason. */
export async function readDocument({ document, signal, deps, limits }: Ingestion): Promise<ParsedFile> {
  const reading = followReading(document);
  try {
    return await deps.parseFile({
      path: deps.blobPath(document.blobKey),
      fileName: document.fileName,
      signal,
      onProgress: reading.onProgress,
      ...(limits === undefined ? {} : { limits }),
    });
  } finally {
    await reading.end();
  }
}
