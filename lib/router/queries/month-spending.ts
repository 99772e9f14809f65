import { sql } from "drizzle-orm";
import { usageAttempt } from "../../../drizzle/schema/router.ts";
import { withTenant } from "../../platform/db/index.ts";

/** What one person spent, through one key or none. */
export interface Spending {
  readonly userId: string;
  readonly apiKeyId: string | null;
  readonly costMicros: number;
}

/** First moment from which on an organisation has usage rows, within a span; null without any. */
export async function findFirstUsage(orgId: string, from: Date, to: Date): Promise<Date | null> {
  const [row] = await withTenant(
    { orgId },
    (transaction) =>
      transaction.execute<{ first: string | null }>(sql`
        select min(${usageAttempt.createdAt})::text as first from ${usageAttempt}
        where ${usageAttempt.orgId} = ${orgId}
          and ${usageAttempt.createdAt} >= ${from.toISOString()} and ${usageAttempt.createdAt} < ${to.toISOString()}`),
    { readOnly: true },
  );
  return row?.first ? new Date(row.first) : null;
}

/**
 * Spending of an organisation's people and keys in a span. Attempts of unknown cost are not in it, nor copies for a
 * shadow, which nobody asked for: as budgets count.
 */
export async function findSpending(orgId: string, from: Date, to: Date): Promise<Spending[]> {
  const rows = await withTenant(
    { orgId },
    (transaction) =>
      transaction.execute<{ user_id: string; api_key_id: string | null; micros: string }>(sql`
        select user_id, api_key_id, sum(cost_micros) as micros from ${usageAttempt}
        where ${usageAttempt.orgId} = ${orgId} and cost_micros is not null
          and route_decision is distinct from 'shadow'
          and ${usageAttempt.createdAt} >= ${from.toISOString()} and ${usageAttempt.createdAt} < ${to.toISOString()}
        group by user_id, api_key_id`),
    { readOnly: true },
  );
  return rows.map((row) => ({
    userId: row.user_id,
    apiKeyId: row.api_key_id,
    costMicros: Number(row.micros),
  }));
}
