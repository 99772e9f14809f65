import { drizzle } from "drizzle-orm/postgres-js";
import { AppError } from "../../shared/errors.ts";
import { environment } from "../env.ts";
import { connectDatabase, type Database, type DatabaseAddress, type Transaction } from "./connect.ts";
import { type Opening, preparingClient } from "./prepare-statements.ts";

// Next bundles this module a second time into its route handlers; the pool is shared through the global object.
const holder = globalThis as typeof globalThis & { vouchDatabase?: Database | undefined };

/** The address the environment names. */
export function databaseAddress(): DatabaseAddress {
  const { DATABASE_URL, VOUCH_DATABASE_SOCKET } = environment();
  if (DATABASE_URL !== undefined) return { url: DATABASE_URL };
  if (VOUCH_DATABASE_SOCKET !== undefined) return { socketPath: VOUCH_DATABASE_SOCKET };
  throw new AppError("unavailable", { message: "No database is running. Start the program with npm start." });
}

/** The pool of this process. */
export function database(): Database {
  holder.vouchDatabase ??= connectDatabase(databaseAddress());
  return holder.vouchDatabase;
}

/** Replaces the pool of this process; tests and the command line use it. */
export function setDatabase(replacement: Database | undefined): void {
  holder.vouchDatabase = replacement;
}

/** Closes the pool of this process, if one is open. */
export async function closeDatabase(): Promise<void> {
  const open = holder.vouchDatabase;
  holder.vouchDatabase = undefined;
  await open?.close();
}

/** The organisation on whose rows a transaction works. */
export interface TenantScope {
  readonly orgId: string;
}

/** How a transaction may be tuned. */
export interface TransactionOptions {
  /** Only for reads: refuses writes. */
  readonly readOnly?: boolean;
}

/**
 * Runs a short transaction as the tenant role with the organisation set, so that row-level security is the second
 * wall behind each query's own scope. Never hold one across a model call, a file or a network wait.
 */
export function withTenant<Result>(
  scope: TenantScope,
  work: (transaction: Transaction) => Promise<Result>,
  options: TransactionOptions = {},
): Promise<Result> {
  const opening = {
    text: "select set_config('role', 'vouch_app', true), set_config('app.org', $1, true)",
    values: [scope.orgId],
  };
  return transact(opening, work, options);
}

/** Runs a short transaction across organisations: sign-in look-ups, reaping, pollers. Use it in `queries` only. */
export function withSystem<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
  return transact({ text: "select set_config('role', $1, true)", values: ["vouch_system"] }, work);
}

/** Runs a short transaction as the role of the stream log: append to and read `generation_event`, nothing else. */
export function withStreamLog<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
  return transact({ text: "select set_config('role', $1, true)", values: ["vouch_stream"] }, work);
}

/** The opening takes the role, so it stands before anything of the work on the transaction's connection. */
function transact<Result>(
  opening: Opening,
  work: (transaction: Transaction) => Promise<Result>,
  options: TransactionOptions = {},
): Promise<Result> {
  return drizzle(preparingClient(database().sql, opening)).transaction(
    work,
    options.readOnly === true ? { accessMode: "read only" } : undefined,
  );
}
