import { z } from "zod";
import { idSchema } from "../shared/ids.ts";

export * from "./schema/collections.ts";
export * from "./schema/document-index.ts";
export * from "./schema/offline-schedule.ts";
export * from "./schema/sources.ts";
export * from "./schema/vector-spaces.ts";

/** Of the newest reading; a document with an active version is searchable in every state but `deleting`. */
export const documentStateSchema = z.enum([
  "queued",
  "parsing",
  "ocr",
  "indexing",
  "ready",
  "failed",
  "cancelled",
  "deleting",
]);
export type DocumentState = z.infer<typeof documentStateSchema>;

export const documentSchema = z.strictObject({
  id: idSchema,
  collectionId: idSchema,
  title: z.string(),
  fileName: z.string(),
  mediaType: z.string(),
  sizeBytes: z.number().int(),
  /** SHA-256 of the original, hex. */
  contentHash: z.string(),
  state: documentStateSchema,
  /** Error code and sentence when the state is `failed`. */
  errorCode: z.string().nullable(),
  stateDetail: z.string().nullable(),
  /** 0 to 1. */
  progress: z.number(),
  pageCount: z.number().int().nullable(),
  activeVersionId: idSchema.nullable(),
  sourceKind: z.enum(["upload", "text", "url", "folder"]),
  /** Its address or its path in a folder; null for uploads and pasted text. */
  sourceUri: z.string().nullable(),
  /** `offline` work comes after `online` work and may be paused. */
  priority: z.enum(["online", "offline"]),
  isPaused: z.boolean(),
  /** Times a worker has begun the newest reading. */
  attempts: z.number().int(),
  cancelRequestedAt: z.iso.datetime().nullable(),
  updatedAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
});
export type Document = z.infer<typeof documentSchema>;

export const documentListSchema = z.strictObject({
  /** Newest first. */
  documents: z.array(documentSchema),
  /** Pass it as `before`, with the same order, for the documents that follow; null at the end. */
  next: z.string().nullable(),
});

export const documentSortSchema = z.enum(["added", "title", "size", "pages", "updated"]);
export type DocumentSort = z.infer<typeof documentSortSchema>;

/** The password of a protected file, for one reading of it. */
export const documentPasswordSchema = z.strictObject({ password: z.string().min(1).max(256) });

/** What is done with several documents at once. */
export const documentBatchSchema = z.strictObject({
  action: z.enum(["delete", "retry", "cancel", "pause", "resume"]),
  documentIds: z.array(idSchema).min(1).max(100),
});
export type DocumentBatch = z.infer<typeof documentBatchSchema>;

/** What became of each document of a batch. */
export const documentBatchResultSchema = z.strictObject({
  done: z.array(idSchema),
  failed: z.array(z.strictObject({ id: idSchema, code: z.string(), message: z.string() })),
});
export type DocumentBatchResult = z.infer<typeof documentBatchResultSchema>;

/** The answer to an upload: the document is read and indexed afterwards. */
export const acceptedDocumentSchema = z.strictObject({
  id: idSchema,
  state: documentStateSchema,
  title: z.string(),
  /** False when the collection held it already: the same bytes, or a document of this address or path. */
  isNew: z.boolean(),
  /** True when a known document got new bytes: a new version of it is being made. */
  isUpdated: z.boolean(),
  /** What is followed from now on, for addresses. */
  sourceId: idSchema.nullable(),
});
export type AcceptedDocument = z.infer<typeof acceptedDocumentSchema>;

/** Pasted text as a document; files come as multipart. */
export const createTextDocumentSchema = z.strictObject({
  title: z.string().trim().min(1).max(300),
  text: z.string().min(1).max(5_000_000),
  /** A document of the collection that this text is a new version of. */
  replaces: idSchema.optional(),
});

export type CreateTextDocument = z.infer<typeof createTextDocumentSchema>;

/** The text of one version; `text.slice(start, end)` is what every citation quotes. */
export const documentTextSchema = z.strictObject({
  documentId: idSchema,
  versionId: idSchema,
  title: z.string(),
  mediaType: z.string(),
  text: z.string(),
  pages: z.array(z.strictObject({ page: z.number().int(), start: z.number().int(), end: z.number().int() })),
  unreadablePages: z.array(z.number().int()),
});
export type DocumentText = z.infer<typeof documentTextSchema>;

/** One page: its text range, size in points and the boxes of its text runs. */
export const documentPageSchema = z.strictObject({
  documentId: idSchema,
  versionId: idSchema,
  page: z.number().int(),
  pageCount: z.number().int(),
  start: z.number().int(),
  end: z.number().int(),
  text: z.string(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  /** [start, end, x, y, width, height]: offsets into the version's text, points from the page's top left. */
  runs: z.array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()])),
});
export type DocumentPage = z.infer<typeof documentPageSchema>;

export const searchModeSchema = z.enum(["hybrid", "semantic", "keyword"]);

export const searchRequestSchema = z.strictObject({
  query: z.string().trim().min(1).max(2000),
  /** Empty or absent: every collection the caller may read. */
  collectionIds: z.array(idSchema).max(100).optional(),
  documentIds: z.array(idSchema).max(1000).optional(),
  /** Documents of these media types only. */
  mediaTypes: z.array(z.string().min(1).max(200)).max(50).optional(),
  /** Documents with one of these titles or file names only; case is of no matter. */
  titles: z.array(z.string().trim().min(1).max(400)).max(50).optional(),
  /** Documents added on these days only, both included. */
  dates: z.strictObject({ from: z.iso.date().optional(), to: z.iso.date().optional() }).optional(),
  mode: searchModeSchema.default("hybrid"),
  /** Whether a reranker may reorder the first passages; `trace.reranker` names the one that did. */
  rerank: z.boolean().default(true),
  /** False takes the query as it is: no filter is recognised in it, it is not taken apart, no name in it is followed. */
  understand: z.boolean().default(true),
  /** Questions to search one by one and join, in place of the parts recognised in the query. */
  parts: z.array(z.string().trim().min(1).max(2000)).max(6).optional(),
  limit: z.number().int().min(1).max(100).default(10),
  /** Share of the semantic score in the fusion, 0 to 1; the embedder's measured default when absent. */
  semanticWeight: z.number().min(0).max(1).optional(),
});
export type SearchRequestInput = z.input<typeof searchRequestSchema>;
export type SearchRequest = z.output<typeof searchRequestSchema>;

/** Why a passage was put before others: something of the question stands in it exactly. */
export const searchMatchSchema = z.enum(["phrase", "identifier", "date", "title"]);

export const searchResultSchema = z.strictObject({
  chunkId: idSchema,
  collectionId: idSchema,
  documentId: idSchema,
  versionId: idSchema,
  title: z.string(),
  fileName: z.string(),
  mediaType: z.string(),
  headingPath: z.array(z.string()),
  page: z.number().int().nullable(),
  start: z.number().int(),
  end: z.number().int(),
  text: z.string(),
  scores: z.strictObject({
    /** BM25 as the index gives it; null when this leg did not find the chunk. */
    keyword: z.number().nullable(),
    /** Cosine similarity. */
    semantic: z.number().nullable(),
    /** After min-max normalisation and weighting, 0 to 1. */
    fused: z.number(),
    /** Of the reranker, when it ran. */
    rerank: z.number().nullable(),
  }),
  /** What of the question stands in it word for word, or names its document. */
  matched: z.array(searchMatchSchema).optional(),
});
export type SearchResult = z.infer<typeof searchResultSchema>;

/** A restriction of the search, asked for by the caller or recognised in the question. */
export const searchFilterTraceSchema = z.strictObject({
  kind: z.enum(["collection", "document", "title", "type", "date"]),
  /** As shown: a title, `PDF`, `2024-01-01 to 2024-12-31`, a number of collections. */
  value: z.string(),
  origin: z.enum(["asked", "recognised"]),
  /** False when nothing was found with it and the search went on without. */
  isApplied: z.boolean(),
});

/** How the question was read, before anything was searched. */
export const searchUnderstandingSchema = z.strictObject({
  /** The legs that were searched. */
  route: searchModeSchema,
  /** Sentences for people: why this route. */
  reasons: z.array(z.string()),
  phrases: z.array(z.string()),
  identifiers: z.array(z.string()),
  dates: z.array(z.string()),
  names: z.array(z.string()),
  filters: z.array(searchFilterTraceSchema),
  /** The questions searched one by one when there were several in one; empty for a single question. */
  parts: z.array(z.string()),
});
export type SearchUnderstanding = z.infer<typeof searchUnderstandingSchema>;

/** The steps of a search, in the order in which they may come; most searches have only some of them. */
export const searchStepNameSchema = z.enum([
  "understand",
  "embed",
  "keyword",
  "semantic",
  "fuse",
  "passages",
  "rerank",
  "follow",
  "fold",
  "diversify",
]);

export const searchStepSchema = z.strictObject({
  name: searchStepNameSchema,
  /** One sentence for people. */
  summary: z.string(),
  milliseconds: z.number(),
  /** Figures and words behind the sentence, by name. */
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
});
export type SearchStep = z.infer<typeof searchStepSchema>;

export const searchTraceSchema = z.strictObject({
  query: z.string(),
  mode: searchModeSchema,
  keywordEngine: z.string(),
  vectorSpace: z.string(),
  semanticWeight: z.number(),
  /** The reranker that ordered the first passages; null when none did. */
  reranker: z.string().nullable(),
  candidates: z.strictObject({
    keyword: z.number().int(),
    semantic: z.number().int(),
    fused: z.number().int(),
  }),
  timingsMs: z.record(z.string(), z.number()),
  /** Absent in answers of earlier versions, like `steps` and `folded`. */
  understanding: searchUnderstandingSchema.optional(),
  steps: z.array(searchStepSchema).optional(),
  /** Passages left out because a result says the same in almost the same words. */
  folded: z
    .array(
      z.strictObject({
        chunkId: idSchema,
        documentId: idSchema,
        title: z.string(),
        /** The result that stands for it. */
        intoChunkId: idSchema,
      }),
    )
    .optional(),
});
export type SearchTrace = z.infer<typeof searchTraceSchema>;

export const searchResponseSchema = z.strictObject({
  results: z.array(searchResultSchema),
  trace: searchTraceSchema,
});
export type SearchResponse = z.infer<typeof searchResponseSchema>;

export const verdictSchema = z.enum(["supported", "partly", "unsupported"]);
export type Verdict = z.infer<typeof verdictSchema>;
