import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { createdAt, id, orgId, tenantPolicies } from "./tenancy.ts";

export const organisation = pgTable("organisation", {
  id: id(),
  name: text("name").notNull(),
  createdAt: createdAt(),
});

/** A person or guest. Not a tenant table: one person may belong to several organisations. */
export const user = pgTable(
  "user",
  {
    id: id(),
    /** Normalised (NFKC, lower case); null for guests. */
    email: text("email"),
    name: text("name").notNull(),
    /** scrypt, as `scrypt$N$r$p$salt$hash`; null when the account has no password. */
    passwordHash: text("password_hash"),
    isGuest: boolean("is_guest").notNull().default(false),
    /** Raised to end every session of the user at once. */
    sessionVersion: integer("session_version").notNull().default(1),
    disabledAt: timestamp("disabled_at", { withTimezone: true }),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex("user_email").on(table.email).where(sql`email is not null`)],
);

/** A session ended by sign-out before its cookie runs out; rows are removed once the cookie would have expired. */
export const endedSession = pgTable(
  "ended_session",
  {
    /** Id of the session, as the cookie carries it. */
    id: id(),
    userId: uuid("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  },
  (table) => [index("ended_session_expires").on(table.expiresAt)],
);

export const membership = pgTable(
  "membership",
  {
    orgId: orgId().references(() => organisation.id, { onDelete: "cascade" }),
    userId: uuid("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    role: text("role", { enum: ["member", "editor", "admin"] }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.userId] }), ...tenantPolicies()],
);

export const apiKey = pgTable(
  "api_key",
  {
    id: id(),
    orgId: orgId().references(() => organisation.id, { onDelete: "cascade" }),
    userId: uuid("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    /** SHA-256 of the whole key, hex. */
    hash: text("hash").notNull(),
    /** The first characters, enough to recognise a key in a list. */
    prefix: text("prefix").notNull(),
    /** The key acts with the lower of this role and its owner's. */
    role: text("role", { enum: ["member", "editor", "admin"] }).notNull(),
    scopes: text("scopes").array().notNull().default(sql`'{}'`),
    expiresAt: timestamp("expires_at", { withTimezone: true }),
    revokedAt: timestamp("revoked_at", { withTimezone: true }),
    lastUsedAt: timestamp("last_used_at", { withTimezone: true }),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex("api_key_hash").on(table.hash), ...tenantPolicies()],
);

/** What was done, by whom, in a chain: each row's hash covers the one before it. */
export const auditEvent = pgTable(
  "audit_event",
  {
    id: id(),
    orgId: orgId().references(() => organisation.id, { onDelete: "cascade" }),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    actorId: uuid("actor_id"),
    action: text("action").notNull(),
    subjectType: text("subject_type").notNull(),
    subjectId: text("subject_id"),
    detail: jsonb("detail").$type<Record<string, string | number | boolean | null>>().notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    unique().on(table.orgId, table.sequence),
    index("audit_event_created").on(table.orgId, table.createdAt),
    index("audit_event_collection")
      .on(table.orgId, table.subjectId, table.sequence)
      .where(sql`subject_type = 'collection'`),
    ...tenantPolicies(),
  ],
);
