import { sql } from "drizzle-orm";
import {
  boolean,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { organisation } from "./identity.ts";
import { createdAt, id, orgId, streamRole, tenantKey, tenantPolicies, tenantReference } from "./tenancy.ts";

export const conversation = pgTable(
  "conversation",
  {
    id: id(),
    orgId: orgId().references(() => organisation.id, { onDelete: "cascade" }),
    ownerId: uuid("owner_id").notNull(),
    title: text("title").notNull(),
    /** Collections the questions search; empty means all the reader may read. */
    collectionIds: uuid("collection_ids").array().notNull().default(sql`'{}'`),
    /** The end of the branch last shown. */
    activeLeafId: uuid("active_leaf_id"),
    createdAt: createdAt(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    tenantKey(table),
    index("conversation_owner").on(table.orgId, table.ownerId, table.updatedAt),
    ...tenantPolicies(),
  ],
);

/** A node of the conversation's tree: edit and regenerate add siblings, nothing is overwritten. */
export const message = pgTable(
  "message",
  {
    id: id(),
    orgId: orgId(),
    conversationId: uuid("conversation_id").notNull(),
    parentId: uuid("parent_id"),
    role: text("role", { enum: ["user", "assistant"] }).notNull(),
    /** UI message parts of the AI SDK. */
    parts: jsonb("parts").$type<unknown[]>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    tenantKey(table),
    tenantReference([table.orgId, table.conversationId], conversation),
    index("message_conversation").on(table.orgId, table.conversationId, table.createdAt),
    ...tenantPolicies(),
  ],
);

export const generationStates = [
  "queued",
  "streaming",
  "complete",
  "stopped",
  "interrupted",
  "failed",
] as const;

/** One run of an answer. */
export const generation = pgTable(
  "generation",
  {
    id: id(),
    orgId: orgId(),
    conversationId: uuid("conversation_id").notNull(),
    /** The assistant message this run writes. */
    messageId: uuid("message_id").notNull(),
    requestedBy: uuid("requested_by").notNull(),
    /** Given by the client: the same key twice is the same run. */
    idempotencyKey: text("idempotency_key").notNull(),
    state: text("state", { enum: generationStates }).notNull(),
    model: text("model").notNull(),
    /** The process that writes it, and its last sign of life. */
    instanceId: text("instance_id").notNull(),
    heartbeatAt: timestamp("heartbeat_at", { withTimezone: true }).notNull().defaultNow(),
    stopRequestedAt: timestamp("stop_requested_at", { withTimezone: true }),
    errorCode: text("error_code"),
    /** How the sources were found: the trace shown on demand. */
    retrieval: jsonb("retrieval").$type<unknown>(),
    timings: jsonb("timings").$type<Record<string, number>>(),
    /** Request id under which the router wrote its attempts. */
    routerRequestId: text("router_request_id"),
    usage: jsonb("usage").$type<unknown>(),
    createdAt: createdAt(),
    endedAt: timestamp("ended_at", { withTimezone: true }),
  },
  (table) => [
    tenantKey(table),
    tenantReference([table.orgId, table.conversationId], conversation),
    tenantReference([table.orgId, table.messageId], message),
    uniqueIndex("generation_idempotency").on(table.orgId, table.requestedBy, table.idempotencyKey),
    // At most one running answer per conversation: two tabs sending at once end in one order or one clean refusal.
    uniqueIndex("generation_running").on(table.conversationId).where(sql`state in ('queued', 'streaming')`),
    index("generation_heartbeat").on(table.heartbeatAt).where(sql`state in ('queued', 'streaming')`),
    ...tenantPolicies(),
  ],
);

/** The stream log: what was shown, in the order it was shown; stored before it is shown. */
export const generationEvent = pgTable(
  "generation_event",
  {
    orgId: orgId(),
    generationId: uuid("generation_id").notNull(),
    /** From 1, without gaps. */
    sequence: integer("sequence").notNull(),
    /** UI message chunks gathered into this event. */
    chunks: jsonb("chunks").$type<unknown[]>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.generationId, table.sequence] }),
    tenantReference([table.orgId, table.generationId], generation),
    ...tenantPolicies(),
    pgPolicy("stream_append", { for: "insert", to: streamRole, withCheck: sql`true` }),
    pgPolicy("stream_read", { for: "select", to: streamRole, using: sql`true` }),
  ],
);

export const citation = pgTable(
  "citation",
  {
    id: id(),
    orgId: orgId(),
    messageId: uuid("message_id").notNull(),
    /** The number shown in the text, from 1. */
    marker: integer("marker").notNull(),
    documentId: uuid("document_id").notNull(),
    versionId: uuid("version_id").notNull(),
    page: integer("page"),
    start: integer("start").notNull(),
    end: integer("end").notNull(),
    /** `version.text.slice(start, end)`. */
    quote: text("quote").notNull(),
    verdict: text("verdict", { enum: ["supported", "partly", "unsupported"] }).notNull(),
    score: real("score").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    tenantReference([table.orgId, table.messageId], message),
    uniqueIndex("citation_marker").on(table.messageId, table.marker),
    index("citation_document").on(table.orgId, table.documentId),
    ...tenantPolicies(),
  ],
);

export const share = pgTable(
  "share",
  {
    id: id(),
    orgId: orgId(),
    conversationId: uuid("conversation_id").notNull(),
    createdBy: uuid("created_by").notNull(),
    /** SHA-256 of the token, hex; the token itself is shown once and never stored. */
    tokenHash: text("token_hash").notNull(),
    mode: text("mode", { enum: ["snapshot"] }).notNull(),
    /** The messages and cited quotes as they were when the link was made. */
    snapshot: jsonb("snapshot").$type<unknown>().notNull(),
    /** Whether readers see the quoted words. */
    includesSources: boolean("includes_sources").notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }),
    revokedAt: timestamp("revoked_at", { withTimezone: true }),
    createdAt: createdAt(),
  },
  (table) => [
    tenantReference([table.orgId, table.conversationId], conversation),
    uniqueIndex("share_token").on(table.tokenHash),
    index("share_creator").on(table.orgId, table.createdBy),
    ...tenantPolicies(),
  ],
);
