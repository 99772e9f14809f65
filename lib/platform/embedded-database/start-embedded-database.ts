import { access, chmod, constants, mkdir, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Backend } from "./backend.ts";
import { lockDirectory } from "./directory-lock.ts";
import { keepMaintained } from "./maintain.ts";
import { openEngine } from "./open-engine.ts";
import { preparePrivateDirectory, removeStaleSocket, socketPathIn } from "./socket-directory.ts";
import { DatabaseStartError, systemErrorCode } from "./start-error.ts";
import type { StatementTimesSummary } from "./statement-times.ts";
import { WireServer } from "./wire-server.ts";

export type EmbeddedDatabaseLogger = {
  info(fields: Record<string, unknown>, event: string): void;
  error(fields: Record<string, unknown>, event: string): void;
};

export type EmbeddedDatabaseOptions = {
  /** PostgreSQL's data directory, created when missing; null keeps everything in memory. */
  dataDir: string | null;
  /** Private directory for the socket, see `socketDirectoryFor`. */
  socketDir: string;
  /** A dump made by `dumpDataDir` to start from; ignored when the data directory already holds a database. */
  loadFrom?: Blob | Buffer;
  logger?: EmbeddedDatabaseLogger;
  /** A client idling inside a transaction for longer loses it and its connection. Default 30 s. */
  idleInTransactionMs?: number;
  /** Called when the engine is lost and only a new process can help. Default: nothing beyond the log line. */
  onBroken?: (error: unknown) => void;
};

export type EmbeddedDatabase = {
  socketPath: string;
  /** Rolls back what is open, writes everything out and frees directory and socket. */
  close(): Promise<void>;
  /** How long single statements held the engine since this was last asked. */
  takeStatementTimes(): StatementTimesSummary;
  /** A compressed copy of the whole data directory, taken between two transactions. */
  dumpDataDir(): Promise<Blob>;
};

const SHUTDOWN = {
  severity: "FATAL",
  code: "57P01",
  message: "the embedded database is shutting down",
} as const;

/**
 * Starts the embedded database and serves it on a Unix socket in this process.
 *
 * @throws DatabaseStartError with one line for the operator when a directory cannot be used or is in use.
 */
export async function startEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const { logger, loadFrom, onBroken } = options;
  const dataDir = options.dataDir === null ? null : resolve(options.dataDir);
  const socketPath = socketPathIn(resolve(options.socketDir));
  const unlock = dataDir === null ? async () => {} : await lockDataDirectory(dataDir);
  try {
    await preparePrivateDirectory(dirname(socketPath));
    await removeStaleSocket(socketPath);
    const backend = new Backend(await openEngine(dataDir, loadFrom));
    const server = await WireServer.listen(backend, socketPath, {
      idleInTransactionMs: options.idleInTransactionMs ?? 30_000,
      onBroken: (error) => {
        logger?.error({ error }, "embedded database lost its engine");
        onBroken?.(error);
      },
    });
    await chmod(socketPath, 0o600);
    const stopMaintenance = keepMaintained(backend, server.turns, (error) => {
      logger?.error({ error }, "embedded database maintenance failed");
    });
    let closing: Promise<void> | null = null;
    const close = async () => {
      stopMaintenance();
      await server.stop(SHUTDOWN);
      await backend.close();
      await rm(socketPath, { force: true });
      await unlock();
    };
    return {
      socketPath,
      close: () => {
        closing ??= close();
        return closing;
      },
      takeStatementTimes: () => backend.times.take(),
      dumpDataDir: () =>
        server.turns.runExclusive(async () => {
          await backend.query("CHECKPOINT");
          return backend.dumpDataDir();
        }),
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function lockDataDirectory(dataDir: string): Promise<() => Promise<void>> {
  try {
    await mkdir(dirname(dataDir), { recursive: true, mode: 0o700 });
    await access(dirname(dataDir), constants.W_OK);
    const unlock = await lockDirectory(`${dataDir}.lock`);
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return unlock;
  } catch (error) {
    if (error instanceof DatabaseStartError) throw error;
    throw new DatabaseStartError(`Cannot write to the data directory ${dataDir}: ${systemErrorCode(error)}`);
  }
}
