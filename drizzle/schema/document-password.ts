import { index, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { document } from "./knowledge.ts";
import { orgId, tenantPolicies, tenantReference } from "./tenancy.ts";

/**
 * A password somebody gave for the one reading of a protected file, sealed. A trigger removes it when that reading ends,
 * whichever way, and a job when its hour is over.
 */
export const documentPassword = pgTable(
  "document_password",
  {
    documentId: uuid("document_id").primaryKey(),
    orgId: orgId(),
    sealed: text("sealed").notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  },
  (table) => [
    tenantReference([table.orgId, table.documentId], document),
    index("document_password_age").on(table.expiresAt),
    ...tenantPolicies(),
  ],
);
