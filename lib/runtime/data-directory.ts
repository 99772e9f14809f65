import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

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
    createPrivateDirectory(path);
    if (!statSync(path).isDirectory()) throw new Error("it is a file");
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^(\w+):.*$/s, "$1") : "unknown";
    throw new DataDirectoryError(
      `data directory ${path}: cannot be written (${reason}). Make it writable or set VOUCH_DATA_DIR`,
    );
  }
}

/** One level after the other: where a file system refuses new directories, Node's own recursion never ends. */
function createPrivateDirectory(path: string): void {
  if (existsSync(path)) return;
  createPrivateDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // A second start may have made it meanwhile.
    if (!existsSync(path)) throw error;
  }
}
