import { bigint, index, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { orgId, tenantPolicies } from "./tenancy.ts";

/** Vectors that were removed in the last hour, noted by a trigger: copies of them go by this list. */
export const vectorRemoval = pgTable(
  "vector_removal",
  {
    seq: bigint("seq", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    orgId: orgId(),
    vectorSpace: text("vector_space").notNull(),
    /** `chunk_vector.seq` of the row that went. */
    vectorSeq: bigint("vector_seq", { mode: "number" }).notNull(),
    removedAt: timestamp("removed_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index("vector_removal_space").on(table.orgId, table.vectorSpace, table.seq),
    index("vector_removal_age").on(table.removedAt),
    ...tenantPolicies(),
  ],
);

/**
 * Passages whose terms were removed or changed in the last hour, and documents whose title changed, noted by triggers:
 * copies of the words go by this list.
 */
export const chunkRemoval = pgTable(
  "chunk_removal",
  {
    seq: bigint("seq", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    orgId: orgId(),
    /** `chunk.seq` of the row that went, or had before its terms changed. */
    chunkSeq: bigint("chunk_seq", { mode: "number" }),
    /** The document with another title; stands instead of a passage. */
    retitledDocumentId: uuid("retitled_document_id"),
    removedAt: timestamp("removed_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index("chunk_removal_seq").on(table.orgId, table.seq),
    index("chunk_removal_age").on(table.removedAt),
    ...tenantPolicies(),
  ],
);
