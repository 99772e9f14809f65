import type { Database } from "../platform/db/index.ts";

/** What pg-boss asks of a database. */
interface PgBossDatabase {
  // biome-ignore lint/suspicious/noExplicitAny: pg-boss declares its rows so.
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>;
}

/**
 * Our pool in the form pg-boss asks for. Statements without values go by the simple protocol, since pg-boss sends
 * several in one text; answers of several statements come as an array of results, of which it wants the last rows.
 */
export function pgBossDatabase(database: Database): PgBossDatabase {
  return {
    executeSql: async (text, values = []) => {
      if (values.length === 0) {
        const result = (await database.sql.unsafe(text)) as unknown as unknown[];
        return { rows: rowsOf(result) };
      }
      const parameters = values.map(toParameter);
      return { rows: [...(await database.sql.unsafe(text, parameters as never[]))] };
    },
  };
}

/** postgres.js gives one array of rows for one statement, and an array of such arrays for several. */
function rowsOf(result: unknown[]): unknown[] {
  const isMany = result.some((entry) => Array.isArray(entry));
  return isMany ? result.flatMap((entry) => (Array.isArray(entry) ? entry : [])) : [...result];
}

function toParameter(value: unknown): unknown {
  if (value === undefined) return null;
  const isPlainObject =
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlainObject ? JSON.stringify(value) : value;
}
