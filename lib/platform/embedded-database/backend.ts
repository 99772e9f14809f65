import type { PGlite } from "@electric-sql/pglite";
import {
  closeStatementMessage,
  queryMessage,
  SYNC_MESSAGE,
  type TransactionStatus,
} from "./backend-messages.ts";
import { ReplyReader, replyMessages, replyRows } from "./reply-reader.ts";
import type { Leaving } from "./session-policy.ts";
import { StatementTimes } from "./statement-times.ts";

/** The engine met an error it cannot recover from; only a new process can. */
export class BackendBrokenError extends Error {
  override name = "BackendBrokenError";
}

/** Exit status with which PGlite's engine leaves its main loop to report an ordinary SQL error. */
const ORDINARY_ERROR_STATUS = 100;

const WIPE = queryMessage("RESET SESSION AUTHORIZATION; RESET ALL");
const WIPE_THOROUGHLY = queryMessage(
  "CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES",
);

/**
 * The database engine: one PostgreSQL session that works synchronously on whole messages. Whoever calls it holds
 * the turn (see `TurnQueue`).
 */
export class Backend {
  readonly times = new StatementTimes();
  #database: PGlite;
  #broken: BackendBrokenError | null = null;
  #lastUser: object | null = null;
  /** What may be left in the session since it was wiped. */
  #left: Leaving = "anything";

  constructor(database: PGlite) {
    this.#database = database;
    guardAgainstEndlessLoop(database);
  }

  /**
   * Runs complete messages and passes the reply on as it comes; the chunks are the receiver's to keep.
   *
   * @returns the last transaction status reported, or null when the messages asked for none.
   * @throws BackendBrokenError when the engine is lost.
   */
  async execute(messages: Uint8Array, onReply: (chunk: Buffer) => void): Promise<TransactionStatus | null> {
    if (this.#broken) throw this.#broken;
    const reader = new ReplyReader();
    try {
      await this.#database.execProtocolRawStream(messages, {
        syncToFs: false,
        onRawData: (data) => {
          const chunk = Buffer.from(data);
          reader.push(chunk);
          onReply(chunk);
        },
      });
    } catch (cause) {
      this.#broken = new BackendBrokenError("the database engine stopped", { cause });
      throw this.#broken;
    }
    return reader.status;
  }

  /** Runs messages whose reply nobody but this program reads. */
  async executeQuietly(messages: Uint8Array): Promise<{ status: TransactionStatus | null; reply: Buffer }> {
    const chunks: Buffer[] = [];
    const status = await this.execute(messages, (chunk) => chunks.push(chunk));
    return { status, reply: Buffer.concat(chunks) };
  }

  /** Runs SQL of this program's own and returns its rows as text. */
  async query(sql: string): Promise<string[][]> {
    const { reply } = await this.executeQuietly(queryMessage(sql));
    const error = [...replyMessages(reply)].find(({ type }) => type === "E");
    if (error) throw new Error(`embedded database: ${error.body.toString("utf8").split("\0").join(" ")}`);
    return replyRows(reply);
  }

  /** Wipes what the client before may have left in the session, unless `user` was that client or it left nothing. */
  async enter(user: object): Promise<void> {
    if (this.#lastUser === user) return;
    this.#lastUser = user;
    if (this.#left === "nothing") return;
    const messages = [closeStatementMessage(""), SYNC_MESSAGE, WIPE];
    if (this.#left === "anything") messages.push(WIPE_THOROUGHLY);
    this.#left = "nothing";
    const { status, reply } = await this.executeQuietly(Buffer.concat(messages));
    const failed = [...replyMessages(reply)].some(({ type }) => type === "E");
    if (status !== "I" || failed) this.#fail("the session could not be wiped");
  }

  /** Says what the statements that the current user runs next may leave behind. */
  noteLeaving(leaving: Leaving): void {
    if (leaving === "anything" || this.#left === "nothing") this.#left = leaving;
  }

  /** Leaves any half-sent request and any open transaction of a user that went away. */
  async abandon(): Promise<void> {
    let { status } = await this.executeQuietly(SYNC_MESSAGE);
    if (status !== "I") ({ status } = await this.executeQuietly(queryMessage("ROLLBACK")));
    if (status !== "I") this.#fail("an abandoned transaction could not be rolled back");
  }

  dumpDataDir(): Promise<Blob> {
    return this.#database.dumpDataDir("gzip");
  }

  /** Writes everything out and ends the engine. */
  async close(): Promise<void> {
    if (!this.#broken) await this.query("CHECKPOINT");
    if (!this.#broken) await this.#database.close();
  }

  #fail(message: string): never {
    this.#broken = new BackendBrokenError(message);
    throw this.#broken;
  }
}

/**
 * PGlite swallows every exception of the engine and calls it again until the message is read, which after a crash
 * (JavaScript stack exhausted, WebAssembly trap, exit) is for ever, at full load. Its handler calls `stackRestore`
 * first: after any exception but the ordinary one, let that throw, so the crash comes out.
 */
function guardAgainstEndlessLoop(database: PGlite): void {
  const engine = database.Module as unknown as {
    _PostgresMainLoopOnce: () => void;
    stackRestore: (pointer: number) => void;
  };
  const { _PostgresMainLoopOnce: runOnce, stackRestore } = engine;
  let crash: { cause: unknown } | null = null;
  engine._PostgresMainLoopOnce = () => {
    try {
      runOnce();
    } catch (error) {
      const { status } = error as { status?: number };
      if (status !== ORDINARY_ERROR_STATUS) crash = { cause: error };
      throw error;
    }
  };
  engine.stackRestore = (pointer) => {
    if (crash) throw crash.cause;
    stackRestore(pointer);
  };
}
