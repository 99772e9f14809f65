import { join } from "node:path";
import {
  closeDatabase,
  connectDatabase,
  type DatabaseAddress,
  setDatabase,
} from "../../platform/db/index.ts";
import { migrateDatabase } from "../../platform/db/migrate.ts";
import { socketDirectoryFor, startEmbeddedDatabase } from "../../platform/embedded-database/index.ts";
import { environment } from "../../platform/env.ts";
import { prepareDataDirectory } from "../data-directory.ts";

/** The database, open for one command. */
export interface OpenedDatabase {
  /** True when no program runs on this database: the command does a worker's work itself. */
  readonly isAlone: boolean;
  close(): Promise<void>;
}

/** Connects to the running program's database, or opens it for the time of the command. */
export async function openDatabase(): Promise<OpenedDatabase> {
  const env = environment();
  prepareDataDirectory(env.dataDir);
  if (env.DATABASE_URL !== undefined) {
    await migrateDatabase({ url: env.DATABASE_URL });
    return { isAlone: false, close: closeDatabase };
  }
  const dataDir = join(env.dataDir, "database");
  const socketDir = socketDirectoryFor(dataDir);
  const running = { socketPath: join(socketDir, ".s.PGSQL.5432") };
  if (await answers(running)) {
    setDatabase(connectDatabase(running));
    return { isAlone: false, close: closeDatabase };
  }
  const server = await startEmbeddedDatabase({ dataDir, socketDir });
  await migrateDatabase({ socketPath: server.socketPath });
  setDatabase(connectDatabase({ socketPath: server.socketPath }));
  return {
    isAlone: true,
    close: async () => {
      await closeDatabase();
      await server.close();
    },
  };
}

/** True when a database listens there; nobody listening answers at once. */
async function answers(address: DatabaseAddress): Promise<boolean> {
  const probe = connectDatabase(address, { maxConnections: 1, connectTimeoutSeconds: 3 });
  try {
    await probe.sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await probe.close();
  }
}
