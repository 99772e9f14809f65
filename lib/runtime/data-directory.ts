import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";

/** A data directory that cannot be used; the message is one line naming it and the remedy. */
export class DataDirectoryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DataDirectoryError";
  }
}

/**
 * Creates the data directory for its owner only, or checks that the one there can be written.
 *
 * @throws DataDirectoryError
 */
export function prepareDataDirectory(path: string): void {
  try {
    if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
    if (!statSync(path).isDirectory()) throw new Error("it is a file");
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^(\w+):.*$/s, "$1") : "unknown";
    throw new DataDirectoryError(
      `data directory ${path}: cannot be written (${reason}). Make it writable or set VOUCH_DATA_DIR`,
    );
  }
}
