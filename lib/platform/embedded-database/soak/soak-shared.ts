import { createHash } from "node:crypto";
import { createConnection } from "node:net";
import postgres from "postgres";
import { SteadySocket } from "../steady-socket.ts";

/** What one soak client process is told, as JSON in its one argument. */
export type SoakClientArguments = {
  socketPath: string;
  clientId: number;
  connections: number;
  operations: number;
  journalPath: string;
  seed: number;
};

/** What a soak client reports at its end. `wrong` describes every wrong result it saw. */
export type SoakClientReport = {
  type: "report";
  operations: Record<string, number>;
  expectedErrors: number;
  unknownOutcomes: number;
  wrong: string[];
};

export const ACCOUNTS = 20;
export const OPENING_BALANCE = 1_000;

export const SOAK_SCHEMA = `
  create role soak_tenant nologin;
  create table soak_row (key text not null, org text not null, payload text not null);
  create table soak_account (id int primary key, balance int not null);
  create table soak_transfer (key text not null, source int not null, target int not null, amount int not null);
  create table soak_unique (id int primary key);
  insert into soak_account select i, ${OPENING_BALANCE} from generate_series(1, ${ACCOUNTS}) i;
  insert into soak_unique values (1);
  create index on soak_row (key);
  alter table soak_row enable row level security;
  create policy own_org on soak_row using (org = current_setting('app.org', true));
  grant select, insert on soak_row to soak_tenant;`;

export function connect(socketPath: string, connections: number): postgres.Sql {
  // postgres.js calls `socket` for each connection; its types ask for more of a socket than it uses.
  const socket = () => new SteadySocket({ open: () => createConnection(socketPath) });
  const options = { socket, user: "soak", database: "soak", max: connections, connect_timeout: 30 };
  return postgres({ ...options, onnotice: () => {} } as never);
}

/** The payload a row with this key must carry, so that any reader can check any row. */
export function payloadOf(key: string): string {
  const digest = createHash("sha256").update(key).digest("hex");
  return digest.repeat(1 + (Number.parseInt(digest.slice(0, 2), 16) % 40));
}

/** Small seeded generator (mulberry32): numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** True for errors that say the connection or the server went away: whether the work was done is not known. */
export function isConnectionError(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^(?:CONNECTION_|CONNECT_TIMEOUT|ECONN|ENOENT|EPIPE|57P0|08006)/.test(code);
}
