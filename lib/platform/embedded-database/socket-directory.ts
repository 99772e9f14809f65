import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseStartError, systemErrorCode } from "./start-error.ts";

/** The name libpq looks for, so that `psql -h DIRECTORY` connects. */
const SOCKET_NAME = ".s.PGSQL.5432";

/** The kernel takes 108 bytes on Linux, 104 on macOS, with the closing NUL. */
const SOCKET_PATH_BYTES_MAX = 100;

export function socketPathIn(directory: string): string {
  return join(directory, SOCKET_NAME);
}

/**
 * Where the socket of the database in `dataDir` belongs: beside the data, or, where that path is too long for the
 * kernel, in a directory of this user's under the system's temporary one. The same input gives the same answer.
 */
export function socketDirectoryFor(dataDir: string): string {
  const beside = `${resolve(dataDir)}.socket`;
  if (Buffer.byteLength(socketPathIn(beside)) <= SOCKET_PATH_BYTES_MAX) return beside;
  const digest = createHash("sha256").update(resolve(dataDir)).digest("hex").slice(0, 16);
  return join(tmpdir(), `vouch-${process.getuid?.() ?? "user"}-${digest}`);
}

/**
 * Makes sure the directory exists and nobody else can enter it: whoever reaches the socket is superuser.
 *
 * @throws DatabaseStartError when it belongs to someone else, is a link, or the path is too long.
 */
export async function preparePrivateDirectory(directory: string): Promise<void> {
  if (Buffer.byteLength(socketPathIn(directory)) > SOCKET_PATH_BYTES_MAX) {
    throw new DatabaseStartError(`The path of the socket directory is too long: ${directory}`);
  }
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const found = await lstat(directory);
    if (!found.isDirectory()) throw new DatabaseStartError(`${directory} is not a directory.`);
    const user = process.getuid?.();
    if (user !== undefined && found.uid !== user) {
      throw new DatabaseStartError(`${directory} belongs to another user (${found.uid}).`);
    }
    if ((found.mode & 0o077) !== 0) await chmod(directory, 0o700);
  } catch (error) {
    if (error instanceof DatabaseStartError) throw error;
    throw new DatabaseStartError(`Cannot use the socket directory ${directory}: ${systemErrorCode(error)}`);
  }
}

/**
 * Removes the socket a killed process left behind.
 *
 * @throws DatabaseStartError when something still answers on it.
 */
export async function removeStaleSocket(socketPath: string): Promise<void> {
  const isAnswered = await new Promise<boolean>((answer) => {
    const socket = createConnection(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      answer(true);
    });
    socket.once("error", () => answer(false));
  });
  if (isAnswered) throw new DatabaseStartError(`Another database already listens on ${socketPath}.`);
  await rm(socketPath, { force: true });
}
