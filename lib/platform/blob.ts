import { createHash } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { access, constants, type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { environment } from "./env.ts";

/** A stored file. */
export interface StoredBlob {
  /** Name in the store: the hash of the content and an id of its own. */
  readonly key: string;
  readonly sizeBytes: number;
  /** SHA-256 of the content, hex. */
  readonly sha256: string;
}

/** Where blobs lie. */
export interface BlobDeps {
  readonly directory: string;
}

const KEY_PATTERN = /^[0-9a-f]{64}\.[0-9a-f-]{36}$/;

function blobDeps(): BlobDeps {
  return { directory: join(environment().dataDir, "blobs") };
}

/** Absolute path of a stored file; other processes of this machine (the parser) read it there. */
export function blobPath(key: string, deps: BlobDeps = blobDeps()): string {
  // The key comes from the database; the pattern keeps a damaged one from leaving the directory.
  if (!KEY_PATTERN.test(key)) throw new AppError("not_found");
  return join(deps.directory, key.slice(0, 2), key);
}

/**
 * Stores bytes as they arrive: a private temporary file, hashed while written, flushed to the disk and renamed, so that
 * a key never names half a file. Each call makes a key of its own even for equal content, so that deleting one document
 * can never take another's file.
 *
 * @throws AppError `unavailable` when the store cannot be written; the stream's own error when it breaks off.
 */
export async function putBlob(
  content: AsyncIterable<Uint8Array>,
  deps: BlobDeps = blobDeps(),
): Promise<StoredBlob> {
  const id = newId();
  const temporary = join(deps.directory, "incoming", id);
  const file = await openForWriting(temporary);
  try {
    const { sizeBytes, sha256 } = await writeAll(file, content);
    const key = `${sha256}.${id}`;
    const path = blobPath(key, deps);
    await storing(mkdir(dirname(path), { recursive: true, mode: 0o700 }));
    await storing(rename(temporary, path));
    await flushDirectory(dirname(path));
    return { key, sizeBytes, sha256 };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function openForWriting(path: string): Promise<FileHandle> {
  return storing(mkdir(dirname(path), { recursive: true, mode: 0o700 }).then(() => open(path, "wx", 0o600)));
}

async function writeAll(file: FileHandle, content: AsyncIterable<Uint8Array>) {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  try {
    for await (const part of content) {
      hash.update(part);
      sizeBytes += part.byteLength;
      await storing(file.writeFile(part));
    }
    await storing(file.sync());
  } finally {
    await file.close();
  }
  return { sizeBytes, sha256: hash.digest("hex") };
}

/** A rename is durable once its directory is. */
async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Names a failing disk as what it is, without its paths. */
async function storing<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new AppError("unavailable", {
      message: `The file store cannot be written (${code}). Check the data directory and its free space.`,
      cause,
    });
  }
}

/**
 * Opens a stored file for reading.
 *
 * @throws AppError `not_found` when there is none.
 */
export async function openBlob(
  key: string,
  deps: BlobDeps = blobDeps(),
): Promise<{ readonly stream: ReadStream; readonly sizeBytes: number }> {
  const path = blobPath(key, deps);
  try {
    await access(path, constants.R_OK);
    return { stream: createReadStream(path), sizeBytes: (await stat(path)).size };
  } catch (cause) {
    throw new AppError("not_found", { cause });
  }
}

/** Removes a stored file; one that is gone already is fine. */
export async function deleteBlob(key: string, deps: BlobDeps = blobDeps()): Promise<void> {
  await storing(rm(blobPath(key, deps), { force: true }));
}
