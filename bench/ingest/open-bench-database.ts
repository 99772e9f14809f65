import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { Principal } from "../../lib/identity/schema.ts";
import { closeDatabase, connectDatabase, setDatabase, withSystem } from "../../lib/platform/db/index.ts";
import { migrateDatabase } from "../../lib/platform/db/migrate.ts";
import {
  databaseReadySchema,
  forkDatabaseProcess,
  STATEMENT_TIMES_REQUEST,
  type StatementTimesSummary,
  statementTimesMessageSchema,
} from "../../lib/platform/embedded-database/index.ts";
import { newId } from "../../lib/shared/ids.ts";

/** A fresh embedded database in a process of its own, as the program runs it, with one person in it. */
export interface BenchDatabase {
  readonly principal: Principal;
  readonly socketPath: string;
  readonly pid: number;
  /** How long single statements held the database since this was last asked. */
  takeStatementTimes(): Promise<StatementTimesSummary>;
  close(): Promise<void>;
}

/** Starts the database on a temporary directory, or on one that is kept for the next run. */
export async function openBenchDatabase(store?: string): Promise<BenchDatabase> {
  const directory = store ?? mkdtempSync(join(tmpdir(), "vouch-bench-"));
  mkdirSync(directory, { recursive: true });
  const child = forkDatabaseProcess({
    dataDir: join(directory, "database"),
    socketDir: join(directory, "socket"),
  });
  const socketPath = await new Promise<string>((resolve, reject) => {
    child.on("message", (message) => {
      const ready = databaseReadySchema.safeParse(message);
      if (ready.success) resolve(ready.data.socketPath);
    });
    child.once("exit", (code) => reject(new Error(`the database ended with ${code}`)));
  });
  await migrateDatabase({ socketPath });
  setDatabase(connectDatabase({ socketPath }));
  const principal = await keptPrincipal(join(directory, "principal.json"));
  return {
    principal,
    socketPath,
    pid: child.pid ?? 0,
    takeStatementTimes: () =>
      new Promise((resolve) => {
        const hear = (message: unknown) => {
          const answer = statementTimesMessageSchema.safeParse(message);
          if (!answer.success) return;
          child.off("message", hear);
          resolve(answer.data.times);
        };
        child.on("message", hear);
        child.send(STATEMENT_TIMES_REQUEST);
      }),
    close: async () => {
      await closeDatabase();
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      if (store === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The person of the database, with an organisation; the same one when the database was kept. */
async function keptPrincipal(path: string): Promise<Principal> {
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Principal;
  const principal: Principal = {
    orgId: newId(),
    userId: newId(),
    name: "Bench",
    email: null,
    role: "admin",
    isGuest: false,
    via: "session",
    scopes: [],
  };
  await withSystem((transaction) =>
    transaction.execute(sql`insert into organisation (id, name) values (${principal.orgId}, 'Bench')`),
  );
  writeFileSync(path, JSON.stringify(principal));
  return principal;
}
