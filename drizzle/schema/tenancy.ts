import { sql } from "drizzle-orm";
import { type AnyPgColumn, foreignKey, pgPolicy, pgRole, timestamp, unique, uuid } from "drizzle-orm/pg-core";

/** Role every tenant transaction takes: no ownership, row-level security applies. Created by the first migration. */
export const appRole = pgRole("vouch_app").existing();

/** Role for work across organisations (sign-in look-ups, reaping, pollers): own policies, still no ownership. */
export const systemRole = pgRole("vouch_system").existing();

/** Role of the stream log's writer and poller: may append to and read the event log, nothing else. */
export const streamRole = pgRole("vouch_stream").existing();

/** Primary key: a UUIDv7 made by the program. */
export const id = () => uuid("id").primaryKey();

/** The organisation a row belongs to. */
export const orgId = () => uuid("org_id").notNull();

/** A point in time with zone; rows are stamped by the database unless the program sets it. */
export const createdAt = () => timestamp("created_at", { withTimezone: true }).notNull().defaultNow();

/** The two policies every tenant table carries. The setting is empty outside a tenant transaction: no row matches. */
export function tenantPolicies() {
  const sameOrganisation = sql`org_id = (select nullif(current_setting('app.org', true), '')::uuid)`;
  return [
    pgPolicy("tenant", { for: "all", to: appRole, using: sameOrganisation, withCheck: sameOrganisation }),
    pgPolicy("system", { for: "all", to: systemRole, using: sql`true`, withCheck: sql`true` }),
  ];
}

/** Key (org_id, id), the target of {@link tenantReference}. */
export function tenantKey(table: { orgId: AnyPgColumn; id: AnyPgColumn }) {
  return unique().on(table.orgId as never, table.id as never);
}

/** A foreign key that includes the organisation: checks ignore row-level security, so a plain one could cross tenants. */
export function tenantReference(
  columns: [AnyPgColumn, AnyPgColumn],
  target: { orgId: AnyPgColumn; id: AnyPgColumn },
) {
  return foreignKey({
    columns: columns as never,
    foreignColumns: [target.orgId, target.id] as never,
  }).onDelete("cascade");
}
