import { sql } from "drizzle-orm";
import { database } from "./database.ts";

/** True when the database answers within the time given. */
export async function pingDatabase(timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const ping = database()
    .drizzle.execute(sql`select 1`)
    .then(
      () => true,
      () => false,
    );
  const isAlive = await Promise.race([ping, timeout]);
  clearTimeout(timer);
  return isAlive;
}

/** Installed extensions by name, and the server's version under `postgresql`. */
export async function findExtensionVersions(): Promise<Record<string, string>> {
  const rows = await database().drizzle.execute<{ name: string; version: string }>(sql`
    select 'postgresql' as name, current_setting('server_version') as version
    union all
    select extname, extversion from pg_extension where extname in ('vector', 'pg_textsearch')`);
  return Object.fromEntries(rows.map(({ name, version }) => [name, version]));
}
