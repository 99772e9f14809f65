import { bigint, boolean, index, integer, pgTable, real, text, uuid } from "drizzle-orm/pg-core";
import { createdAt, orgId, tenantPolicies } from "./tenancy.ts";

/** One attempt at one upstream: the one source of money. Written in groups, idempotent by its id. */
export const usageAttempt = pgTable(
  "usage_attempt",
  {
    id: uuid("id").primaryKey(),
    orgId: orgId(),
    userId: uuid("user_id").notNull(),
    apiKeyId: uuid("api_key_id"),
    /** The request this attempt served; several attempts share it. */
    requestId: text("request_id").notNull(),
    attempt: integer("attempt").notNull(),
    endpoint: text("endpoint").notNull(),
    /** Model as the client named it. */
    model: text("model").notNull(),
    upstream: text("upstream").notNull(),
    upstreamModel: text("upstream_model").notNull(),
    /** HTTP status towards the client's view of the attempt; 499 when the client left. */
    status: integer("status").notNull(),
    outcome: text("outcome", { enum: ["complete", "failed", "cancelled", "interrupted"] }).notNull(),
    errorCode: text("error_code"),
    promptTokens: integer("prompt_tokens").notNull(),
    cachedTokens: integer("cached_tokens").notNull().default(0),
    completionTokens: integer("completion_tokens").notNull(),
    usageEstimated: boolean("usage_estimated").notNull(),
    /** Millionths of the price table's currency; null when the price is unknown, never 0 for unknown. */
    costMicros: bigint("cost_micros", { mode: "number" }),
    firstTokenMs: real("first_token_ms"),
    totalMs: real("total_ms").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index("usage_attempt_org").on(table.orgId, table.createdAt),
    index("usage_attempt_request").on(table.orgId, table.requestId),
    ...tenantPolicies(),
  ],
);
