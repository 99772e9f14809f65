import type { Db } from "pg-boss";
import { database } from "../platform/db/index.ts";

type Rows = { rows: Record<string, unknown>[] };

/**
 * Lets pg-boss run its statements over this program's pool. Statements without values may be several in one text and
 * go through the simple protocol; the others are prepared once per connection.
 */
export function queueDatabase(): Db {
  return {
    async executeSql(text, values = []) {
      const { sql } = database();
      if (values.length === 0) {
        // A text with its own BEGIN and COMMIT needs a connection to itself.
        if (!/\bBEGIN\b/i.test(text)) return unwrap(await sql.unsafe(text));
        const reserved = await sql.reserve();
        try {
          return unwrap(await reserved.unsafe(text));
        } finally {
          reserved.release();
        }
      }
      return unwrap(await sql.unsafe(text, values.map(toParameter) as never[], { prepare: true }));
    },
  };
}

/** The pool hands JSON and dates through as they are (drizzle does its own mapping): write them as text. */
function toParameter(value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  const isPlainObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isPlainObject && !ArrayBuffer.isView(value) ? JSON.stringify(value) : value;
}

/** Several statements give several results; pg-boss reads their rows as one list. */
function unwrap(result: readonly unknown[]): Rows {
  if ("command" in result) return { rows: Array.from(result) as Rows["rows"] };
  return { rows: result.flatMap((part) => (Array.isArray(part) ? Array.from(part) : [])) as Rows["rows"] };
}
