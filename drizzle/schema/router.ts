import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { organisation } from "./identity.ts";
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
    /** Why this target was asked: the policy, or what made a further attempt; `;tier:light` when a tier chose. */
    routeDecision: text("route_decision"),
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

/** Limits set for one organisation, user or API key; they stand over the defaults of the configuration. */
export const limitRule = pgTable(
  "limit_rule",
  {
    orgId: orgId().references(() => organisation.id, { onDelete: "cascade" }),
    subjectType: text("subject_type", { enum: ["organisation", "user", "key"] }).notNull(),
    subjectId: uuid("subject_id").notNull(),
    /** An absent name: the default holds. Null: no limit, whatever the default. */
    limits: jsonb("limits").$type<Record<string, number | null>>().notNull(),
    updatedBy: uuid("updated_by"),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.subjectType, table.subjectId] }),
    ...tenantPolicies(),
  ],
);

/** What is taken of one quota in its present window; changed by the function `take_limits` only. */
export const limitCounter = pgTable(
  "limit_counter",
  {
    orgId: orgId(),
    /** Subject and kind: `user:<id>:requests`. */
    quota: text("quota").notNull(),
    /** Start of the window, milliseconds since 1970; 0 for quotas without one. */
    windowStartMs: bigint("window_start_ms", { mode: "number" }).notNull(),
    /** Units used up: requests, tokens or micros. */
    taken: bigint("taken", { mode: "number" }).notNull(),
    /** False while spending of the month before this row was made may be missing. */
    isSeeded: boolean("is_seeded").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.quota] }), ...tenantPolicies()],
);

/** Units of a quota in the hands of one process. */
export const limitLease = pgTable(
  "limit_lease",
  {
    orgId: orgId(),
    quota: text("quota").notNull(),
    /** The process, and which of its leases on this quota. */
    leaseId: text("lease_id").notNull(),
    /** Units held: reserved for running requests, or idle. */
    held: bigint("held", { mode: "number" }).notNull(),
    /** Those of them that no request uses. */
    idle: bigint("idle", { mode: "number" }).notNull(),
    /** All this lease reported as used up; reports carry the sum, so that one told twice counts once. */
    reported: bigint("reported", { mode: "number" }).notNull(),
    /** Number of the holder's last call: an older one that comes late changes nothing. */
    call: bigint("call", { mode: "number" }).notNull(),
    expiresAtMs: bigint("expires_at_ms", { mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.quota, table.leaseId] }), ...tenantPolicies()],
);

/**
 * How often something was taken away from readers of an organisation: stored answers from before the last time are not
 * given out any more.
 */
export const answerEpoch = pgTable(
  "answer_epoch",
  {
    orgId: orgId()
      .primaryKey()
      .references(() => organisation.id, { onDelete: "cascade" }),
    epoch: bigint("epoch", { mode: "number" }).notNull(),
    raisedAt: timestamp("raised_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index("answer_epoch_age").on(table.raisedAt), ...tenantPolicies()],
);
