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
export function readTenant<Row extends object>(
  { orgId }: TenantScope,
  statement: SQL,
  settings: Readonly<Record<string, string>> = {},
  meanwhile?: () => void,
): Promise<Row[]> {
  return readOnce({ role: "vouch_app", org: orgId }, statement, settings, meanwhile);
}

/**
 * Runs one reading statement across organisations, as `withSystem` does, in one round trip. Use it in `queries` only.
 *
 * @throws as {@link readTenant}.
 */
export function readSystem<Row extends object>(statement: SQL): Promise<Row[]> {
  return readOnce({ role: "vouch_system", org: "" }, statement, {}, undefined);
}

/** Behind which walls a statement runs: the role, and the organisation it is bound to; empty for none. */
interface Walls {
  readonly role: "vouch_app" | "vouch_system";
  readonly org: string;
}

async function readOnce<Row extends object>(
  walls: Walls,
  statement: SQL,
  settings: Readonly<Record<string, string>>,
  meanwhile: (() => void) | undefined,
): Promise<Row[]> {
  const opening = openingOf(walls, settings);
  const { sql: text, params } = dialect.sqlToQuery(statement);
  const connection = await database().sql.reserve();
  try {
    const opened = connection.unsafe(opening).execute();
    const found = connection.unsafe<Row[]>(text, params as never[], { prepare: true }).execute();
    const closed = connection.unsafe(CLOSING).execute();
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
    assertWalls(walls, await closed);
    return takeRows<Row>(await found);
  } finally {
    connection.release();
  }
}

/**
 * The client makes the list for a connection's next rows when its last statement ends. By the time they come the list
 * is old, and V8 would keep what it holds until the next full collection: so the rows are taken out of it.
 */
function takeRows<Row>(list: Row[]): Row[] {
  const rows = Array.from(list);
  list.length = 0;
  return rows;
}

/**
 * Read before the transaction ends: what was set for it alone still holds only if it held for the statement. These are
 * utility commands, and so is the opening: they cost the database half of what `select` does, which plans and runs.
 */
const CLOSING = `show role; show app.org; commit`;

function openingOf({ role, org }: Walls, settings: Readonly<Record<string, string>>): string {
  // One message without parameters, so values stand in the text: none of these shapes can leave its quotes.
  if (role === "vouch_app" && !UUID.test(org)) throw new TypeError("an organisation's id is a UUID");
  const assignments = [["app.org", org], ...Object.entries(settings), ["role", role]].map(
    ([name = "", value = ""]) => {
      if (!SETTING_NAME.test(name) || !(value === org || SETTING_VALUE.test(value))) {
        throw new TypeError(`not a setting: ${name}`);
      }
      return `set local ${name} = '${value}'`;
    },
  );
  return `begin read only; ${assignments.join("; ")}`;
}

/** @param shown what {@link CLOSING} was answered: a list per command. */
function assertWalls({ role, org }: Walls, shown: unknown): void {
  const [[shownRole] = [], [shownOrg] = []] = shown as [{ role: string }[], { "app.org": string }[]];
  if (shownRole?.role !== role || shownOrg?.["app.org"] !== org) {
    throw new Error("a read ran outside its transaction");
  }
}
