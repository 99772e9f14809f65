import { and, asc, eq } from "drizzle-orm";
import { usageAttempt } from "../../../drizzle/schema/router.ts";
import { withTenant } from "../../platform/db/index.ts";
import type { RequestUsage } from "../schema.ts";

/** One row of money. */
export type UsageAttempt = typeof usageAttempt.$inferInsert & { readonly createdAt: Date };

/** Whose usage is asked for. */
export interface UsageScope {
  readonly orgId: string;
  readonly userId: string;
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
