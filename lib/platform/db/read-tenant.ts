import { setImmediate as nextTurn } from "node:timers/promises";
import type { SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import { database, type TenantScope } from "./database.ts";

const dialect = new PgDialect();

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SETTING_NAME = /^[a-z_]+(\.[a-z_]+)?$/;
const SETTING_VALUE = /^[\w.]{1,40}$/;

/**
 * Runs one reading statement as the tenant role with the organisation set, as `withTenant` does, in one round trip:
 * the transaction's beginning, the statement and its end are sent together. In the embedded database, which serves one
 * client at a time, the pauses between them are most of what a short read costs everyone.
 *
 * @param settings of the planner, for this statement alone.
 * @param meanwhile runs once the statement is on its way: work of this process that need not wait for the answer.
 * @throws when the statement fails, or when it did not run behind the walls; no row leaves then.
 */
export async function readTenant<Row extends object>(
  scope: TenantScope,
  statement: SQL,
  settings: Readonly<Record<string, string>> = {},
  meanwhile?: () => void,
): Promise<Row[]> {
  const opening = openingOf(scope, settings);
  const { sql: text, params } = dialect.sqlToQuery(statement);
  const connection = await database().sql.reserve();
  try {
    const opened = connection.unsafe(opening).execute();
    const found = connection.unsafe<Row[]>(text, params as never[], { prepare: true }).execute();
    const closed = connection.unsafe<Walls[]>(CLOSING).execute();
    const ended = Promise.allSettled([opened, found, closed]);
    if (meanwhile !== undefined) {
      // The client hands statements over in the next turn, and writes them together in the one after it.
      await nextTurn();
      await nextTurn();
      meanwhile();
    }
    const outcomes = await ended;
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed !== undefined) {
      await connection.unsafe("rollback").catch(() => {});
      throw (failed as PromiseRejectedResult).reason;
    }
    assertWalls(scope, (await closed)[0]);
    return Array.from(await found);
  } finally {
    connection.release();
  }
}

interface Walls {
  readonly role: string;
  readonly org: string;
}

/** Read before the transaction ends: what was set for it alone still holds only if it held for the statement. */
const CLOSING = `select current_user::text as role, current_setting('app.org') as org; commit`;

function openingOf({ orgId }: TenantScope, settings: Readonly<Record<string, string>>): string {
  // One message without parameters, so values stand in the text: none of these shapes can leave its quotes.
  if (!UUID.test(orgId)) throw new TypeError("an organisation's id is a UUID");
  const assignments = [["app.org", orgId], ...Object.entries(settings), ["role", "vouch_app"]].map(
    ([name = "", value = ""]) => {
      if (!SETTING_NAME.test(name) || !(value === orgId || SETTING_VALUE.test(value))) {
        throw new TypeError(`not a setting: ${name}`);
      }
      return `set_config('${name}', '${value}', true)`;
    },
  );
  return `begin read only; select ${assignments.join(", ")}`;
}

function assertWalls(scope: TenantScope, row: Walls | undefined): void {
  if (row?.role !== "vouch_app" || row.org !== scope.orgId) {
    throw new Error("a tenant's read ran outside its transaction");
  }
}
