import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { AppError } from "../../shared/errors.ts";
import { connectDatabase, type DatabaseAddress } from "./connect.ts";

const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../../drizzle/migrations", import.meta.url));

/** Key of the advisory lock that keeps two starting programs from migrating at once. */
const MIGRATION_LOCK = 7_301_984;

/** The oldest pgvector accepted: parallel HNSW builds of 0.6.0 to 0.8.1 leak rows of other relations, and vacuum faults were mended until 0.8.6. */
const OLDEST_SAFE_PGVECTOR = [0, 8, 6] as const;

/** True when the pgvector version is at least {@link OLDEST_SAFE_PGVECTOR}. */
export function isSafePgvector(version: string): boolean {
  const parts = version.split(".").map(Number);
  for (const [index, oldest] of OLDEST_SAFE_PGVECTOR.entries()) {
    const part = parts[index] ?? 0;
    if (part !== oldest) return part > oldest;
  }
  return true;
}

/**
 * Brings the schema up to date and refuses a pgvector version with known security faults (CVE-2026-3172).
 *
 * @throws AppError `unavailable` with a sentence naming the version and the remedy.
 */
export async function migrateDatabase(address: DatabaseAddress): Promise<void> {
  // One connection, so that the lock and the migrations share a session.
  const database = connectDatabase(address, { maxConnections: 1, applicationName: "vouch-migrate" });
  try {
    if (!database.isEmbedded) {
      await database.drizzle.execute(sql`set lock_timeout = '2s'`);
      await database.drizzle.execute(sql`select pg_advisory_lock(${MIGRATION_LOCK})`);
    }
    const [vector] = await database.sql<{ version: string }[]>`
      select coalesce(
        (select extversion from pg_extension where extname = 'vector'),
        (select default_version from pg_available_extensions where name = 'vector')
      ) as version`;
    assertUsablePgvector(vector?.version ?? null);
    await migrate(database.drizzle, { migrationsFolder: MIGRATIONS_FOLDER });
  } finally {
    await database.close();
  }
}

function assertUsablePgvector(version: string | null): void {
  if (version === null) {
    throw new AppError("unavailable", {
      message: "The database has no pgvector extension. Install pgvector 0.8.6 or newer and start again.",
    });
  }
  if (!isSafePgvector(version)) {
    throw new AppError("unavailable", {
      message: `pgvector ${version} has known security faults (CVE-2026-3172). Install 0.8.6 or newer and start again.`,
    });
  }
}
