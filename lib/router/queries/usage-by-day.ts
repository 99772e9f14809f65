import { sql } from "drizzle-orm";
import { usageAttempt } from "../../../drizzle/schema/router.ts";
import { withTenant } from "../../platform/db/index.ts";

/** What one person took of one model in a span. */
export interface UsageSum {
  readonly userId: string;
  readonly model: string;
  readonly requests: number;
  readonly attempts: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly costMicros: number;
  readonly unpricedAttempts: number;
}

/** Usage of an organisation in a span, by person and model; costs are sums of the known ones. */
export async function findUsageSums(orgId: string, from: Date, to: Date): Promise<UsageSum[]> {
  const rows = await withTenant(
    { orgId },
    (transaction) =>
      transaction.execute<Record<string, string>>(sql`
        select user_id, model, count(distinct request_id) as requests, count(*) as attempts,
          sum(prompt_tokens) as prompt_tokens, sum(cached_tokens) as cached_tokens,
          sum(completion_tokens) as completion_tokens, coalesce(sum(cost_micros), 0) as cost_micros,
          count(*) filter (where cost_micros is null) as unpriced_attempts
        from ${usageAttempt}
        where ${usageAttempt.orgId} = ${orgId}
          and ${usageAttempt.createdAt} >= ${from.toISOString()} and ${usageAttempt.createdAt} < ${to.toISOString()}
        group by user_id, model
        order by cost_micros desc, attempts desc, user_id, model`),
    { readOnly: true },
  );
  return rows.map((row) => ({
    userId: row.user_id ?? "",
    model: row.model ?? "",
    requests: Number(row.requests),
    attempts: Number(row.attempts),
    promptTokens: Number(row.prompt_tokens),
    cachedTokens: Number(row.cached_tokens),
    completionTokens: Number(row.completion_tokens),
    costMicros: Number(row.cost_micros),
    unpricedAttempts: Number(row.unpriced_attempts),
  }));
}
