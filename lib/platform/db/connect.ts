import { createConnection } from "node:net";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { SteadySocket } from "../embedded-database/steady-socket.ts";
import { preparingClient } from "./prepare-statements.ts";

/** Where the database is: a PostgreSQL URL, or the socket of the embedded one. */
export type DatabaseAddress = { readonly url: string } | { readonly socketPath: string };

/** A postgres.js pool. */
export type Sql = postgres.Sql;

/** An open pool with drizzle on top. */
export interface Database {
  readonly sql: Sql;
  readonly drizzle: ReturnType<typeof drizzle>;
  /** True for the embedded database, where all clients share one session. */
  readonly isEmbedded: boolean;
  readonly address: DatabaseAddress;
  close(): Promise<void>;
}

/** A drizzle transaction or pool. */
export type Transaction = Parameters<Parameters<Database["drizzle"]["transaction"]>[0]>[0];

/** Options of {@link connectDatabase}. */
export interface ConnectOptions {
  /** Connections at most; the embedded database serves one client at a time, so few are enough. */
  readonly maxConnections?: number;
  readonly connectTimeoutSeconds?: number;
  readonly applicationName?: string;
}

/**
 * Opens a pool; connections are made on first use.
 *
 * Statements are prepared (see {@link preparingClient}).
 */
export function connectDatabase(address: DatabaseAddress, options: ConnectOptions = {}): Database {
  const isEmbedded = "socketPath" in address;
  const shared = {
    max: options.maxConnections ?? (isEmbedded ? 4 : 10),
    connect_timeout: options.connectTimeoutSeconds ?? 10,
    idle_timeout: isEmbedded ? 0 : 60,
    onnotice: () => {},
    // Seconds between attempts to connect again.
    backoff: () => 0.1,
    connection: { application_name: options.applicationName ?? "vouch" },
  };
  const sql = isEmbedded
    ? postgres({
        ...shared,
        user: "postgres",
        database: "postgres",
        ssl: false,
        // postgres.js fails badly when a connection is lost; this socket fails what was in flight and reconnects below it.
        socket: () => new SteadySocket({ open: () => createConnection(address.socketPath) }),
      } as never)
    : postgres(address.url, shared);
  return {
    sql,
    drizzle: drizzle(preparingClient(sql)),
    isEmbedded,
    address,
    close: () => sql.end({ timeout: 5 }),
  };
}
