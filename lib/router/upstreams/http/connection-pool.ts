import { Roster } from "../../roster.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import type { ConnectionSettings } from "./open-socket.ts";

/** Idle connections are dropped before common servers drop them (uvicorn: 5 s), so that no call meets a closed one. */
const IDLE_CONNECTION_MS = 4_000;

/** A server that announces its own time-out is believed, less the time a call may be under way. */
const IDLE_MARGIN_MS = 2_000;

/** How often idle connections are looked through. */
const SWEEP_MS = 500;

/**
 * The connections to one upstream: as many as there are calls at a time, the one used last first, so that those no
 * longer needed run into their idle time.
 */
export class ConnectionPool implements ConnectionOwner {
  #settings: ConnectionSettings;
  #idle: Connection[] = [];
  #inUse = new Roster<Connection>();
  #isClosed = false;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  /** A connection for one call; it goes back with {@link release} or {@link discard}. */
  take(): Connection {
    const nowMs = performance.now();
    for (let known = this.#idle.pop(); known !== undefined; known = this.#idle.pop()) {
      if (known.usableUntilMs > nowMs) {
        this.#inUse.add(known);
        return known;
      }
      known.destroy();
    }
    const made = new Connection(this.#settings, this);
    this.#inUse.add(made);
    return made;
  }

  /** Its call is over in order: it may serve the next one, unless it is closed. */
  release(connection: Connection): void {
    if (!this.#inUse.delete(connection)) return;
    const { keptMs } = connection;
    const idleMs =
      keptMs === undefined ? IDLE_CONNECTION_MS : Math.min(IDLE_CONNECTION_MS, keptMs - IDLE_MARGIN_MS);
    if (this.#isClosed || idleMs <= 0) {
      connection.destroy();
      return;
    }
    connection.usableUntilMs = performance.now() + idleMs;
    this.#idle.push(connection);
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** Its call is over, and so is the connection. */
  discard(connection: Connection): void {
    this.#inUse.delete(connection);
    connection.destroy();
  }

  closed(connection: Connection): void {
    if (this.#inUse.delete(connection)) return;
    const at = this.#idle.lastIndexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
  }

  /** Closes all connections, those in use as well. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#sweeper);
    for (const connection of this.#idle) connection.destroy();
    this.#inUse.visit((connection) => {
      connection.destroy();
    });
    this.#idle = [];
  }

  #sweep(): void {
    const nowMs = performance.now();
    const kept: Connection[] = [];
    for (const connection of this.#idle) {
      if (connection.usableUntilMs > nowMs) kept.push(connection);
      else connection.destroy();
    }
    this.#idle = kept;
    if (kept.length > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}
