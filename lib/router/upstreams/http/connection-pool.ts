import { Connection, type ConnectionOwner, type ConnectionSettings } from "./connection.ts";

/**
 * The connections to one upstream: as many as there are calls at a time, the one used last first, so that those no
 * longer needed run into their idle time.
 */
export class ConnectionPool implements ConnectionOwner {
  #settings: ConnectionSettings;
  #idle: Connection[] = [];
  #inUse = new Set<Connection>();
  #isClosed = false;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  /** A connection for one call; it goes back with {@link release} or is destroyed. */
  take(): Connection {
    const connection = this.#idle.pop() ?? new Connection(this.#settings, this);
    this.#inUse.add(connection);
    return connection;
  }

  /** Its call is over in order: it may serve the next one. */
  release(connection: Connection): void {
    if (!this.#inUse.delete(connection)) return;
    if (this.#isClosed) connection.destroy();
    else this.#idle.push(connection);
  }

  /** Its call is over, and so is the connection. */
  discard(connection: Connection): void {
    this.#inUse.delete(connection);
    connection.destroy();
  }

  closed(connection: Connection): void {
    // One in use reports to its call, or is made anew for it.
    if (this.#inUse.has(connection)) return;
    const at = this.#idle.lastIndexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    connection.destroy();
  }

  /** Closes all connections, those in use as well. */
  close(): void {
    this.#isClosed = true;
    for (const connection of [...this.#idle, ...this.#inUse]) connection.destroy();
    this.#idle = [];
  }
}
