import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, constants } from "node:fs/promises";
import { pathOfUri } from "../../../knowledge/index.ts";
import type { Document } from "../../../knowledge/schema.ts";
import { AppError } from "../../../shared/errors.ts";
import { type FoundFile, type FoundFiles, isGone } from "./find-files.ts";
import type { IngestTarget } from "./ingest-target.ts";

/** What became of one path or address. */
export interface Outcome {
  readonly path: string;
  id: string | null;
  change: "added" | "changed" | "unchanged" | "deleted" | "kept" | "failed";
  state: string;
  error: string | null;
}

/** Documents that came from files, by absolute path. */
export type KnownFiles = Map<string, Pick<Document, "id" | "contentHash" | "state">>;

/** Files stored at once: writing one to the disk is mostly waiting. */
const FILES_AT_ONCE = 12;

/** What the collection holds of files by their path. */
export async function findKnownFiles(target: IngestTarget, collectionId: string): Promise<KnownFiles> {
  const known: KnownFiles = new Map();
  for await (const { id, contentHash, state, sourceUri } of target.documents(collectionId)) {
    const path = pathOfUri(sourceUri);
    if (path !== null) known.set(path, { id, contentHash, state });
  }
  return known;
}

/**
 * Adds one file, or gives its document the new bytes; the same bytes are not sent.
 *
 * @returns what became of it; what is wrong with the file is an outcome, not an error.
 * @throws AppError `unavailable` when the server is away.
 */
export async function syncFile(
  target: IngestTarget,
  collectionId: string,
  file: FoundFile,
  known: KnownFiles,
): Promise<Outcome> {
  const before = known.get(file.path);
  try {
    await access(file.path, constants.R_OK);
    const contentHash = before === undefined ? "" : await hashFile(file.path);
    if (before !== undefined && before.contentHash === contentHash && before.state !== "failed") {
      return { path: file.shown, id: before.id, change: "unchanged", state: before.state, error: null };
    }
    const { id, state, isNew, isUpdated } = await target.addFile(collectionId, file.path);
    known.set(file.path, { id, contentHash: contentHash || (await hashFile(file.path)), state });
    const change = isNew ? "added" : isUpdated ? "changed" : "unchanged";
    return { path: file.shown, id, change, state, error: null };
  } catch (error) {
    const isFileError = !(error instanceof AppError) && error instanceof Error && "path" in error;
    if (!isFileError && (!(error instanceof AppError) || error.code === "unavailable")) throw error;
    const sentence = isFileError ? "The file cannot be read." : error.message;
    return { path: file.shown, id: null, change: "failed", state: "failed", error: sentence };
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) hash.update(part);
  return hash.digest("hex");
}

/** Adds files, several at a time. */
export async function syncFiles(
  target: IngestTarget,
  collectionId: string,
  files: readonly FoundFile[],
  known: KnownFiles,
  onOutcome: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const waiting = files.map((file, index) => ({ file, index }));
  const outcomes: Outcome[] = [];
  const addNext = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const outcome = await syncFile(target, collectionId, next.file, known);
      outcomes[next.index] = outcome;
      onOutcome(outcome);
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, addNext));
  return outcomes;
}

/**
 * What to do with documents whose file is gone from the given folders.
 *
 * @param isDeleting Delete them; otherwise they are kept, and reported as kept.
 * @throws AppError `invalid_request` when a folder is empty altogether: rather a disk that is not mounted.
 */
export async function syncRemoved(
  target: IngestTarget,
  { files, roots }: FoundFiles,
  known: KnownFiles,
  isDeleting: boolean,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const root of roots) {
    const isEmpty = !files.some(({ path }) => path.startsWith(`${root}/`));
    for (const [path, { id }] of known) {
      if (!path.startsWith(`${root}/`) || !(await isGone(path))) continue;
      if (isDeleting && isEmpty) {
        throw new AppError("invalid_request", {
          message: `${root} holds no file at all, so nothing was deleted. Is its disk there?`,
        });
      }
      outcomes.push(await removeFile(target, path, id, known, isDeleting));
    }
  }
  return outcomes;
}

/** Deletes the document of a file that is gone, or keeps it. */
export async function removeFile(
  target: IngestTarget,
  path: string,
  id: string,
  known: KnownFiles,
  isDeleting: boolean,
): Promise<Outcome> {
  if (!isDeleting) return { path, id, change: "kept", state: "ready", error: null };
  await target.remove(id);
  known.delete(path);
  return { path, id, change: "deleted", state: "deleted", error: null };
}
