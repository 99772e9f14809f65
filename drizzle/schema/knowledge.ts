import { sql } from "drizzle-orm";
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
  smallint,
  text,
  timestamp,
  uniqueIndex,
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
    /** What was chosen here: see `collectionSettingsSchema`; what is missing is the default. */
    settings: jsonb("settings").notNull().default({}),
    /** The vector space that answers searches; null: the one the embedder makes now. */
    vectorSpace: text("vector_space"),
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

/** What is followed: a page, or a site whose pages become documents. */
export const source = pgTable(
  "source",
  {
    id: id(),
    orgId: orgId(),
    collectionId: uuid("collection_id").notNull(),
    kind: text("kind", { enum: ["page", "site"] }).notNull(),
    uri: text("uri").notNull(),
    settings: jsonb("settings").notNull().default({}),
    refresh: text("refresh", { enum: ["daily", "never"] })
      .notNull()
      .default("daily"),
    state: text("state", { enum: ["queued", "running", "idle", "failed"] }).notNull(),
    errorCode: text("error_code"),
    stateDetail: text("state_detail"),
    counts: jsonb("counts").notNull().default({}),
    lastRunAt: timestamp("last_run_at", { withTimezone: true }),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
  },
  (table) => [
    tenantKey(table),
    tenantReference([table.orgId, table.collectionId], collection),
    uniqueIndex("source_uri").on(table.orgId, table.collectionId, table.uri),
    ...tenantPolicies(),
  ],
);

/** States of a document's newest reading; those of {@link waitingStates} are on their way. */
export const documentStates = [
  "queued",
  "parsing",
  "ocr",
  "indexing",
  "ready",
  "failed",
  "cancelled",
  "deleting",
] as const;

/** A document in one of these has work to be done: it waits for a worker, or one holds a claim on it. */
const waitingStates = sql.raw("('queued', 'parsing', 'ocr', 'indexing')");

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
    /** SHA-256 of the newest original file, hex. */
    contentHash: text("content_hash").notNull(),
    /** Where the newest original lies in the blob store. */
    blobKey: text("blob_key").notNull(),
    sourceKind: text("source_kind", { enum: ["upload", "text", "url", "folder"] })
      .notNull()
      .default("upload"),
    /** What the document is known by when it comes again: its address, or its path in a folder. Null: its bytes. */
    sourceUri: text("source_uri"),
    /** What the source said of its newest state, sent back when asking whether it changed. */
    etag: text("etag"),
    lastModified: text("last_modified"),
    fetchedAt: timestamp("fetched_at", { withTimezone: true }),
    /** The {@link source} that brings it, if one does. */
    sourceId: uuid("source_id"),
    /** Of the newest reading. A document with an active version is searchable in every state but `deleting`. */
    state: text("state", { enum: documentStates }).notNull(),
    /** Error code from the error table when `failed`. */
    errorCode: text("error_code"),
    /** What a person reads beside the error, e.g. which pages hold no text. */
    stateDetail: text("state_detail"),
    /** Share of the work done, 0 to 1. */
    progress: real("progress").notNull().default(0),
    /** `online`: a person waits. `offline`: imports, re-reading, text recognition; comes after, may be paused. */
    priority: text("priority", { enum: ["online", "offline"] })
      .notNull()
      .default("online"),
    /** Taken by no worker until it is resumed. */
    isPaused: boolean("is_paused").notNull().default(false),
    queuedAt: timestamp("queued_at", { withTimezone: true }).notNull().defaultNow(),
    /** Not before this; set between two tries. */
    runAfter: timestamp("run_after", { withTimezone: true }),
    /** Times a worker has begun the newest reading. */
    attempts: integer("attempts").notNull().default(0),
    /** One worker's hold on the document; all its writes name it, so that one that lost its claim writes nothing. */
    claimId: uuid("claim_id"),
    /** Without a sign of life until then, another worker takes it. */
    claimExpiresAt: timestamp("claim_expires_at", { withTimezone: true }),
    cancelRequestedAt: timestamp("cancel_requested_at", { withTimezone: true }),
    pageCount: integer("page_count"),
    /** The version that searches see, the one whose state is `active`; set by the one commit that ends a reading. */
    activeVersionId: uuid("active_version_id"),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    tenantKey(table),
    tenantReference([table.orgId, table.collectionId], collection),
    index("document_collection").on(table.orgId, table.collectionId, table.createdAt),
    index("document_title").on(table.orgId, table.collectionId, table.title),
    // The same bytes in one collection are one document, however many uploads of it arrive at once.
    uniqueIndex("document_content")
      .on(table.orgId, table.collectionId, table.contentHash)
      .where(sql`source_uri is null`),
    uniqueIndex("document_source")
      .on(table.orgId, table.collectionId, table.sourceUri)
      .where(sql`source_uri is not null`),
    index("document_queue")
      .on(table.priority, table.orgId, table.queuedAt)
      .where(sql`state in ${waitingStates}`),
    index("document_by_source").on(table.orgId, table.sourceId).where(sql`source_id is not null`),
    index("document_deleting").on(table.orgId, table.id).where(sql`state = 'deleting'`),
    ...tenantPolicies(),
  ],
);

export const documentVersion = pgTable(
  "document_version",
  {
    id: id(),
    orgId: orgId(),
    documentId: uuid("document_id").notNull(),
    /** `building`: nothing of it is visible. One `active` per document at most. `superseded`: text for old citations. */
    state: text("state", { enum: ["building", "active", "superseded"] }).notNull(),
    contentHash: text("content_hash").notNull(),
    /** The original it was read from; null for versions older than this column. */
    blobKey: text("blob_key"),
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
    uniqueIndex("document_version_active").on(table.documentId).where(sql`state = 'active'`),
    uniqueIndex("document_version_building").on(table.orgId, table.documentId).where(sql`state = 'building'`),
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
    state: text("state", { enum: ["text", "ocr", "unreadable", "pending"] })
      .notNull()
      .default("text"),
    /** What stands for a page where there are none: a sheet, a slide, a chapter. */
    label: text("label"),
    /** Page size in PDF points at rotation 0; null for text without pages. */
    width: real("width"),
    height: real("height"),
    /** Runs of text as [start, end, x, y, width, height]: offsets into the version's text, points from the top left. */
    runs: jsonb("runs").$type<[number, number, number, number, number, number][]>().notNull(),
    /** Named places on it as [start, end, label]: a row, a minute and who speaks. */
    places: jsonb("places").$type<[number, number, string][]>().notNull().default([]),
  },
  (table) => [
    primaryKey({ columns: [table.versionId, table.page] }),
    tenantReference([table.orgId, table.versionId], documentVersion),
    ...tenantPolicies(),
  ],
);

/**
 * A passage of one or more versions of a document. It is visible unless the version that brought it is still building,
 * or an active version has retired it (`isVisible` in lib/knowledge/queries/access.ts); where it stands in a version
 * says {@link chunkPlace}.
 */
export const chunk = pgTable(
  "chunk",
  {
    id: id(),
    orgId: orgId(),
    collectionId: uuid("collection_id").notNull(),
    documentId: uuid("document_id").notNull(),
    /** The version that brought it; later ones keep it as long as they hold the same passage. */
    versionId: uuid("version_id").notNull(),
    /** The version that no longer holds it. */
    retiredBy: uuid("retired_by"),
    /** First half of the SHA-256 of what the indexes see and the text: equal means the same passage. */
    contentKey: uuid("content_key").notNull(),
    /** Headings above the chunk, outermost first. */
    headingPath: text("heading_path").array().notNull(),
    /** What the indexes see before the text, though it stands elsewhere: the head row of a table that goes on here. */
    context: text("context"),
    /** A sentence that a model wrote about it, for the indexes alone; see {@link passageNote}. */
    note: text("note"),
    /** `version.text.slice(start, end)` of each of its places. */
    text: text("text").notNull(),
    /** What BM25 indexes: our own analysis of title, heading path, note and text. */
    searchTerms: text("search_terms").notNull(),
    /** Which analysis made the terms; others are made anew in the background. */
    termsVersion: smallint("terms_version").notNull(),
    /**
     * Rises with each insert, and when the terms change (trigger `chunk_terms_changed`): whoever holds a copy of the words
     * reads what is new by it.
     */
    seq: bigint("seq", { mode: "number" }).generatedByDefaultAsIdentity().notNull(),
  },
  (table) => [
    tenantReference([table.orgId, table.versionId], documentVersion),
    index("chunk_document").on(table.orgId, table.documentId),
    index("chunk_collection").on(table.orgId, table.collectionId),
    index("chunk_terms_version").on(table.termsVersion),
    index("chunk_seq").on(table.orgId, table.seq),
    index("chunk_retired").on(table.orgId, table.id).where(sql`retired_by is not null`),
    ...tenantPolicies(),
  ],
);

/** Sentences that models wrote about passages, kept so that equal ones are not paid for again. */
export const passageNote = pgTable(
  "passage_note",
  {
    documentId: uuid("document_id").notNull(),
    /** First half of the SHA-256 of model, prompt version and all that the model was shown. */
    key: uuid("key").notNull(),
    orgId: orgId(),
    note: text("note").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.documentId, table.key] }),
    tenantReference([table.orgId, table.documentId], document),
    ...tenantPolicies(),
  ],
);

/** Where a passage stands in a version. */
export const chunkPlace = pgTable(
  "chunk_place",
  {
    versionId: uuid("version_id").notNull(),
    /** Position in the version, from 0. */
    ordinal: integer("ordinal").notNull(),
    orgId: orgId(),
    chunkId: uuid("chunk_id")
      .notNull()
      .references(() => chunk.id, { onDelete: "cascade" }),
    start: integer("start").notNull(),
    end: integer("end").notNull(),
    /** Page on which the chunk starts, from 1; null for text without pages. */
    page: integer("page"),
  },
  (table) => [
    primaryKey({ columns: [table.versionId, table.ordinal] }),
    index("chunk_place_chunk").on(table.chunkId),
    ...tenantPolicies(),
  ],
);

/** The vector of a passage in one vector space; what filters need stands in the row, as in {@link chunk}. */
export const chunkVector = pgTable(
  "chunk_vector",
  {
    chunkId: uuid("chunk_id")
      .notNull()
      .references(() => chunk.id, { onDelete: "cascade" }),
    /** Name of the vector space, e.g. `builtin/vouch-embed-1`; two spaces never mix. */
    vectorSpace: text("vector_space").notNull(),
    orgId: orgId(),
    collectionId: uuid("collection_id").notNull(),
    documentId: uuid("document_id").notNull(),
    versionId: uuid("version_id").notNull(),
    retiredBy: uuid("retired_by"),
    embedding: embeddingVector("embedding").notNull(),
    /** Rises with each insert: whoever holds a copy of the vectors reads what is new by it. */
    seq: bigint("seq", { mode: "number" }).generatedAlwaysAsIdentity().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chunkId, table.vectorSpace] }),
    index("chunk_vector_seq").on(table.orgId, table.vectorSpace, table.seq),
    ...tenantPolicies(),
  ],
);

/** The vector spaces that rows are in, across organisations. */
export const vectorSpace = pgTable("vector_space", {
  name: text("name").primaryKey(),
  dimensions: integer("dimensions").notNull(),
  createdAt: createdAt(),
});

/** When an organisation's offline work may run; without a row: always. */
export const offlineSchedule = pgTable(
  "offline_schedule",
  {
    orgId: orgId()
      .primaryKey()
      .references(() => organisation.id, { onDelete: "cascade" }),
    isPaused: boolean("is_paused").notNull().default(false),
    /** See `offlineHoursSchema`; null: at any hour. */
    hours: jsonb("hours"),
    updatedBy: uuid("updated_by"),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  () => [...tenantPolicies()],
);
