import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmbeddedDatabase } from "../embedded-database/index.ts";
import { closeDatabase, connectDatabase, setDatabase } from "./index.ts";
import { migrateDatabase } from "./migrate.ts";

const CACHE_FOLDER = fileURLToPath(
  new URL("../../../node_modules/.cache/vouch-test-database", import.meta.url),
);
const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../../drizzle/migrations", import.meta.url));

/** A migrated database of its own for one test file. */
export interface TestDatabase {
  readonly socketPath: string;
  close(): Promise<void>;
}

/** Name of the cached template: changes with every migration. */
function templateName(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(MIGRATIONS_FOLDER)
    .filter((file) => file.endsWith(".sql"))
    .sort()) {
    hash.update(name).update(readFileSync(join(MIGRATIONS_FOLDER, name)));
  }
  return `${hash.digest("hex").slice(0, 16)}.tar`;
}

/**
 * Starts an in-memory database with all migrations applied and makes it the pool of this process. The migrated
 * template is made once and cached, so a test file pays for loading it only.
 */
export async function startTestDatabase(): Promise<TestDatabase> {
  const socketDir = mkdtempSync(join(tmpdir(), "vouch-test-"));
  const template = join(CACHE_FOLDER, templateName());
  const isCached = existsSync(template);
  const server = await startEmbeddedDatabase({
    dataDir: null,
    socketDir,
    ...(isCached ? { loadFrom: new Blob([readFileSync(template)]) } : {}),
  });
  if (!isCached) {
    await migrateDatabase({ socketPath: server.socketPath });
    mkdirSync(CACHE_FOLDER, { recursive: true });
    const partial = `${template}.${process.pid}`;
    writeFileSync(partial, Buffer.from(await (await server.dumpDataDir()).arrayBuffer()));
    renameSync(partial, template);
  }
  setDatabase(connectDatabase({ socketPath: server.socketPath }));
  return {
    socketPath: server.socketPath,
    close: async () => {
      await closeDatabase();
      await server.close();
      rmSync(socketDir, { recursive: true, force: true });
    },
  };
}
