import { and, eq, gt, or, type SQL, sql } from "drizzle-orm";
import { limitCounter, limitLease } from "../../../drizzle/schema/router.ts";
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
