import { randomBytes } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { Backend } from "./backend.ts";
import { errorResponse, type WireError } from "./backend-messages.ts";
import { ClientConnection, type ConnectionContext } from "./client-connection.ts";
import { TurnQueue } from "./turn-queue.ts";

export type WireServerOptions = {
  idleInTransactionMs: number;
  /** Called once when the engine is lost; every client has been told and disconnected. */
  onBroken: (error: unknown) => void;
};

const CONNECTIONS_MAX = 200;
const STARTUP_MS = 10_000;

/** Settings PostgreSQL reports to each client when it connects. */
const REPORTED_SETTINGS = [
  "server_version",
  "server_encoding",
  "client_encoding",
  "DateStyle",
  "IntervalStyle",
  "TimeZone",
  "integer_datetimes",
  "standard_conforming_strings",
  "is_superuser",
  "session_authorization",
  "in_hot_standby",
  "default_transaction_read_only",
  "search_path",
  "scram_iterations",
];

/** Serves the PostgreSQL wire protocol to any number of clients, one at a time. */
export class WireServer {
  readonly turns: TurnQueue;
  #server: Server;
  #connections = new Map<number, ClientConnection>();
  #context: ConnectionContext;
  #nextProcessId = 1;
  #isStopped = false;
  #options: WireServerOptions;

  private constructor(backend: Backend, serverParameters: Map<string, string>, options: WireServerOptions) {
    this.#options = options;
    this.turns = new TurnQueue((error) => this.#fail(error));
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#context = {
      backend,
      turns: this.turns,
      serverParameters,
      idleInTransactionMs: options.idleInTransactionMs,
      startupMs: STARTUP_MS,
      cancel: (processId, secret) => this.#cancel(processId, secret),
      onClose: ({ processId }) => this.#connections.delete(processId),
    };
  }

  static async listen(backend: Backend, socketPath: string, options: WireServerOptions): Promise<WireServer> {
    const names = REPORTED_SETTINGS.map((name) => `'${name}'`).join(",");
    const rows = await backend.query(`select name, setting from pg_settings where name in (${names})`);
    const server = new WireServer(
      backend,
      new Map(rows.map(([name = "", value = ""]) => [name, value])),
      options,
    );
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", reject);
      server.#server.listen(socketPath, resolve);
    });
    return server;
  }

  /** Stops accepting, tells every client, and waits until the last turn is over. */
  async stop(reason: WireError): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections.values()) connection.end(reason);
    await closed;
    if (!this.turns.isIdle) await this.turns.runExclusive(async () => {});
  }

  #accept(socket: Socket): void {
    if (this.#connections.size >= CONNECTIONS_MAX || this.#isStopped) {
      const code = this.#isStopped ? "57P03" : "53300";
      socket.on("error", () => {});
      socket.end(errorResponse({ severity: "FATAL", code, message: "sorry, too many clients already" }));
      return;
    }
    const identity = { processId: this.#nextProcessId++, secret: randomBytes(4).readUInt32BE(0) };
    this.#connections.set(identity.processId, new ClientConnection(socket, identity, this.#context));
  }

  #cancel(processId: number, secret: number): void {
    const connection = this.#connections.get(processId);
    if (connection?.secret === secret) connection.cancelWaitingRequest();
  }

  #fail(error: unknown): void {
    const reason: WireError = { severity: "FATAL", code: "57P02", message: "the embedded database stopped" };
    if (this.#isStopped) return;
    void this.stop(reason).then(() => this.#options.onBroken(error));
  }
}
