import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { organisation } from "./identity.ts";
import { createdAt, id, orgId, tenantKey, tenantPolicies, tenantReference } from "./tenancy.ts";

/** A pgvector column without a fixed dimension: each row names its vector space, and indexes are per space. */
const embeddingVector = customType<{ data: Float32Array | number[]; driverData: string }>({
  dataType: () => "vector",
  toDriver: (value) => `[${Array.from(value).join(",")}]`,
  fromDriver: (value) => Float32Array.from(JSON.parse(value) as number[]),
});

export const collection = pgTable(
  "collection",
  {
    id: id(),
    orgId: orgId().references(() => organisation.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    description: text("description").notNull().default(""),
    /** `organisation`: every member reads it. `private`: its owner and those on the access list. */
    visibility: text("visibility", { enum: ["organisation", "private"] }).notNull(),
    ownerId: uuid("owner_id"),
    /** Shipped with the product: seeded on first run. */
    isSample: boolean("is_sample").notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [tenantKey(table), ...tenantPolicies()],
);

/** Who may do what with a collection, beside its owner, administrators and its visibility. */
export const collectionAccess = pgTable(
  "collection_access",
  {
    orgId: orgId(),
    collectionId: uuid("collection_id").notNull(),
    userId: uuid("user_id").notNull(),
    level: text("level", { enum: ["read", "write", "manage"] }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.collectionId, table.userId] }),
    tenantReference([table.orgId, table.collectionId], collection),
    ...tenantPolicies(),
  ],
);

export const documentStates = ["queued", "parsing", "indexing", "ready", "failed"] as const;

export const document = pgTable(
  "document",
  {
    id: id(),
    orgId: orgId(),
    collectionId: uuid("collection_id").notNull(),
    title: text("title").notNull(),
    fileName: text("file_name").notNull(),
    mediaType: text("media_type").notNull(),
    sizeBytes: bigint("size_bytes", { mode: "number" }).notNull(),
    /** SHA-256 of the original file, hex. */
    contentHash: text("content_hash").notNull(),
    /** Where the original lies in the blob store. */
    blobKey: text("blob_key").notNull(),
    state: text("state", { enum: documentStates }).notNull(),
    /** Error code from the error table when `failed`. */
    errorCode: text("error_code"),
    /** What a person reads beside the error, e.g. which pages hold no text. */
    stateDetail: text("state_detail"),
    /** Share of the work done, 0 to 1. */
    progress: real("progress").notNull().default(0),
    pageCount: integer("page_count"),
    /** The version that searches see; set by the one commit that ends an ingestion. */
    activeVersionId: uuid("active_version_id"),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    tenantKey(table),
    tenantReference([table.orgId, table.collectionId], collection),
    index("document_collection").on(table.orgId, table.collectionId, table.createdAt),
    ...tenantPolicies(),
  ],
);

export const documentVersion = pgTable(
  "document_version",
  {
    id: id(),
    orgId: orgId(),
    documentId: uuid("document_id").notNull(),
    contentHash: text("content_hash").notNull(),
    /** Name and version of the parser that made the text. */
    parser: text("parser").notNull(),
    /** The whole text; every offset anywhere counts UTF-16 code units of this string. */
    text: text("text").notNull(),
    pageCount: integer("page_count").notNull(),
    /** Pages (from 1) without readable text. */
    unreadablePages: integer("unreadable_pages").array().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    tenantKey(table),
    tenantReference([table.orgId, table.documentId], document),
    index("document_version_document").on(table.orgId, table.documentId),
    ...tenantPolicies(),
  ],
);

/** The page map: which part of the text stands on which page, and where on it. */
export const documentPage = pgTable(
  "document_page",
  {
    orgId: orgId(),
    versionId: uuid("version_id").notNull(),
    /** From 1. */
    page: integer("page").notNull(),
    start: integer("start").notNull(),
    end: integer("end").notNull(),
    /** Page size in PDF points at rotation 0; null for text without pages. */
    width: real("width"),
    height: real("height"),
    /** Runs of text as [start, end, x, y, width, height]: offsets into the version's text, points from the top left. */
    runs: jsonb("runs").$type<[number, number, number, number, number, number][]>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.versionId, table.page] }),
    tenantReference([table.orgId, table.versionId], documentVersion),
    ...tenantPolicies(),
  ],
);

export const chunk = pgTable(
  "chunk",
  {
    id: id(),
    orgId: orgId(),
    collectionId: uuid("collection_id").notNull(),
    documentId: uuid("document_id").notNull(),
    versionId: uuid("version_id").notNull(),
    /** Position in the version, from 0. */
    ordinal: integer("ordinal").notNull(),
    start: integer("start").notNull(),
    end: integer("end").notNull(),
    /** Page on which the chunk starts, from 1; null for text without pages. */
    page: integer("page"),
    /** Headings above the chunk, outermost first. */
    headingPath: text("heading_path").array().notNull(),
    /** `version.text.slice(start, end)`. */
    text: text("text").notNull(),
    /** Title, heading path and text: what BM25 indexes. */
    indexedText: text("indexed_text").notNull(),
    /** Name of the vector space, e.g. `builtin/vouch-embed-1`; two spaces never mix. */
    vectorSpace: text("vector_space").notNull(),
    embedding: embeddingVector("embedding").notNull(),
  },
  (table) => [
    unique().on(table.versionId, table.ordinal),
    tenantReference([table.orgId, table.versionId], documentVersion),
    index("chunk_document").on(table.orgId, table.documentId),
    index("chunk_collection").on(table.orgId, table.collectionId),
    ...tenantPolicies(),
  ],
);
