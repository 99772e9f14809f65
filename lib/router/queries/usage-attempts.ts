import { and, asc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { usageAttempt } from "../../../drizzle/schema/router.ts";
import { withSystem, withTenant } from "../../platform/db/index.ts";
import type { RequestUsage } from "../schema.ts";

/** One row of money. */
export type UsageAttempt = typeof usageAttempt.$inferInsert & { readonly createdAt: Date };

/** Whose usage is asked for. */
export interface UsageScope {
  readonly orgId: string;
  readonly userId: string;
}

const attemptColumns = Object.entries(getTableColumns(usageAttempt));
const attemptNames = listOf(([, { name }]) => `"${name}"`);
/** The rows are read under the names they have in the program, so that nothing is renamed on the way. */
const attemptFields = listOf(([field, column]) => `"${field}" ${column.getSQLType()}`);
const attemptValues = listOf(([field, { default: value }]) =>
  typeof value === "number" || typeof value === "boolean" ? `coalesce("${field}", ${value})` : `"${field}"`,
);

function listOf(part: (column: (typeof attemptColumns)[number]) => string): SQL {
  return sql.raw(attemptColumns.map(part).join(", "));
}

/**
 * Writes attempts of any organisations in one statement; rows already there are left as they are. All rows travel as
 * one parameter: the statement has one text and is planned once, however many there are.
 */
export async function insertUsageAttempts(rows: readonly UsageAttempt[]): Promise<void> {
  if (rows.length === 0) return;
  const text = JSON.stringify(rows);
  await withSystem((transaction) =>
    transaction.execute(
      sql`insert into ${usageAttempt} (${attemptNames}) select ${attemptValues}
          from json_to_recordset(${text}::text::json) as attempt(${attemptFields})
          on conflict do nothing`,
    ),
  );
}

/** What the attempts of one of the user's own requests took together; null before the first is written. */
export async function findUsageByRequestId(
  scope: UsageScope,
  requestId: string,
): Promise<RequestUsage | null> {
  const rows = await withTenant(
    scope,
    (transaction) =>
      transaction
        .select()
        .from(usageAttempt)
        .where(
          and(
            eq(usageAttempt.orgId, scope.orgId),
            eq(usageAttempt.userId, scope.userId),
            eq(usageAttempt.requestId, requestId),
          ),
        )
        .orderBy(asc(usageAttempt.createdAt), asc(usageAttempt.id))
        .limit(100),
    { readOnly: true },
  );
  const last = rows.at(-1);
  if (last === undefined) return null;
  const sum = (count: (row: (typeof rows)[number]) => number) =>
    rows.reduce((total, row) => total + count(row), 0);
  return {
    requestId,
    attemptIds: rows.map(({ id }) => id),
    model: last.model,
    upstream: last.upstream,
    promptTokens: sum((row) => row.promptTokens),
    cachedTokens: sum((row) => row.cachedTokens),
    completionTokens: sum((row) => row.completionTokens),
    isEstimated: rows.some((row) => row.usageEstimated),
    costMicros: rows.some((row) => row.costMicros === null) ? null : sum((row) => row.costMicros ?? 0),
    firstTokenMs: last.firstTokenMs,
    totalMs: sum((row) => row.totalMs),
  };
}
