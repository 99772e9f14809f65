import { AppError } from "../../shared/errors.ts";
import type { ParsedFile } from "../parse/parse-bytes.ts";
import type { ParseFileOptions } from "../parse/parse-file.ts";
import { recordStep } from "../queries/claims.ts";
import type { Ingestion } from "./ingestion.ts";

/** Share of the work that reading is. */
export const PARSE_SHARE = 0.4;
/** A step that is over sooner is not worth a row's change. */
const PROGRESS_EVERY_MS = 400;

/** Writes the share done from time to time while a file is read. */
function followReading(document: Ingestion["document"], state: "parsing" | "ocr") {
  let share = 0;
  let written = 0;
  let writing: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    // A file that waits for its parser has nothing to tell.
    if (share === written) return;
    written = share;
    // Display only: a lost step is made good by the next, and a lost claim is noticed where it matters.
    writing = recordStep(document, { state, progress: PARSE_SHARE * share }).catch(() => {});
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

/** A file that was read. */
export interface ReadFile {
  readonly file: ParsedFile;
  /** Pages are pictures whose text this machine can recognise, which is offline work of its own. */
  readonly awaitsRecognition: boolean;
}

/**
 * Reads the file of a document; where the reading is one for text recognition, with the text of its pictures.
 *
 * @throws AppError with a `document_...` code; the signal's reason.
 */
export async function readDocument(ingestion: Ingestion): Promise<ReadFile> {
  const { document, signal, deps, limits } = ingestion;
  const isRecognition = document.state === "ocr";
  const reading = followReading(document, isRecognition ? "ocr" : "parsing");
  const path = deps.blobPath(document.blobKey);
  try {
    const { file, isLocked } = await readUnlocked(ingestion, {
      path,
      fileName: document.fileName,
      signal,
      // The pictures are most of the work when they are what is read.
      ...(isRecognition ? {} : { onProgress: reading.onProgress }),
      ...(limits === undefined ? {} : { limits }),
    });
    const arePictures = file.unreadablePages.length > 0 && file.mediaType === "application/pdf";
    if (isRecognition && arePictures) {
      const { onProgress } = reading;
      return {
        file: await deps.recognisePages(file, { path, signal, onProgress }),
        awaitsRecognition: false,
      };
    }
    // The programs that recognise text would need the password on their command line, where every user of the machine
    // may read it, and after this reading it is gone.
    return { file, awaitsRecognition: arePictures && !isLocked && (await deps.canRecognise()) };
  } finally {
    await reading.end();
  }
}

/** Reads a file, one that is protected with the password that somebody gave for this reading. */
async function readUnlocked(
  { document, deps }: Ingestion,
  options: Omit<ParseFileOptions, "password">,
): Promise<{ readonly file: ParsedFile; readonly isLocked: boolean }> {
  try {
    return { file: await deps.parseFile(options), isLocked: false };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "document_encrypted") throw error;
    const password = await deps.findPassword(document, document.id);
    if (password === null) throw error;
    return { file: await deps.parseFile({ ...options, password }), isLocked: true };
  }
}
