import { and, eq, gt, or, type SQL, sql } from "drizzle-orm";
import { limitCounter, limitLease, usageAttempt } from "../../../drizzle/schema/router.ts";
import { database, withSystem } from "../../platform/db/index.ts";

/** Runs the function `take_limits` of migration 0005: one statement, whatever it is asked. */
export async function takeLimits(call: string): Promise<string> {
  const [row] = await database().drizzle.execute<{ reply: string }>(
    sql`select take_limits(${call}::jsonb)::text as reply`,
  );
  if (row === undefined) throw new Error("take_limits gave no row");
  return row.reply;
}

/** Use of one quota as the counters have it. */
export interface CounterRow {
  readonly orgId: string;
  readonly quota: string;
  readonly windowStartMs: number;
  readonly taken: number;
  readonly held: number;
}

/** The counters of quotas, with what living processes hold of each. */
export function findLimitCounters(
  quotas: readonly { readonly orgId: string; readonly quota: string }[],
  nowMs: number,
): Promise<CounterRow[]> {
  if (quotas.length === 0) return Promise.resolve([]);
  const wanted = quotas.map(
    ({ orgId, quota }) => and(eq(limitCounter.orgId, orgId), eq(limitCounter.quota, quota)) as SQL,
  );
  return withSystem((transaction) =>
    transaction
      .select({
        orgId: limitCounter.orgId,
        quota: limitCounter.quota,
        windowStartMs: limitCounter.windowStartMs,
        taken: limitCounter.taken,
        held: sql<number>`coalesce(sum(${limitLease.held}), 0)`.mapWith(Number),
      })
      .from(limitCounter)
      .leftJoin(
        limitLease,
        and(
          eq(limitLease.orgId, limitCounter.orgId),
          eq(limitLease.quota, limitCounter.quota),
          gt(limitLease.expiresAtMs, Math.floor(nowMs)),
        ),
      )
      .where(or(...wanted))
      .groupBy(limitCounter.orgId, limitCounter.quota),
  );
}

/** Whose spending is added up: an organisation's, or one user's or key's within it. */
export interface SpendingSubject {
  readonly orgId: string;
  readonly userId?: string;
  readonly apiKeyId?: string;
}

/** Micros of the usage rows from one moment to another; rows of unknown cost are left out. */
export function sumSpending(subject: SpendingSubject, from: Date, to: Date): Promise<number> {
  return withSystem(async (transaction) => {
    const [row] = await transaction.execute<{ micros: string }>(sql`
      select coalesce(sum(${usageAttempt.costMicros}), 0) as micros from ${usageAttempt}
      where ${and(
        eq(usageAttempt.orgId, subject.orgId),
        subject.userId === undefined ? undefined : eq(usageAttempt.userId, subject.userId),
        subject.apiKeyId === undefined ? undefined : eq(usageAttempt.apiKeyId, subject.apiKeyId),
        sql`${usageAttempt.createdAt} >= ${from.toISOString()} and ${usageAttempt.createdAt} < ${to.toISOString()}`,
      )}`);
    return Number(row?.micros ?? 0);
  });
}
