import { z } from "zod";
import { searchResultSchema, searchTraceSchema, verdictSchema } from "../knowledge/schema.ts";
import { idSchema } from "../shared/ids.ts";

/** How a passage scored; absent in answers of earlier versions. */
const foundShape = {
  scores: searchResultSchema.shape.scores.optional(),
  matched: searchResultSchema.shape.matched,
};

/** `data-retrieval`: the question as searched, what was found and how long it took. */
export const retrievalDataSchema = z.strictObject({
  /** As the person wrote it. */
  question: z.string(),
  /** As it was searched: a follow-up is rewritten to stand alone. */
  searchedQuestion: z.string(),
  isRewritten: z.boolean(),
  /** True when the person wrote the searched question. */
  isEdited: z.boolean().optional(),
  found: z.number().int(),
  used: z.number().int(),
  /** Passages found but not given to the model, best first. */
  dropped: z.array(
    z.strictObject({
      title: z.string(),
      page: z.number().nullable(),
      score: z.number(),
      ...foundShape,
    }),
  ),
  trace: searchTraceSchema,
  /** What was read around the found passages; absent when nothing was. */
  expansion: z
    .strictObject({
      /** Passages that were given with their neighbours. */
      expanded: z.number().int(),
      /** Passages that became part of another source beside them. */
      joined: z.number().int(),
      milliseconds: z.number(),
    })
    .optional(),
});
export type RetrievalData = z.infer<typeof retrievalDataSchema>;

/** `data-source`: a passage the model was given, under the number it was given. */
export const sourceDataSchema = z.strictObject({
  /** Id of the evidence, made at retrieval and kept through prompt, stream, storage and share. */
  id: idSchema,
  number: z.number().int(),
  documentId: idSchema,
  versionId: idSchema,
  title: z.string(),
  mediaType: z.string(),
  headingPath: z.array(z.string()),
  page: z.number().int().nullable(),
  start: z.number().int(),
  end: z.number().int(),
  text: z.string(),
  score: z.number(),
  ...foundShape,
});
export type SourceData = z.infer<typeof sourceDataSchema>;

/** `data-citation`: what the marker `[marker]` in the text stands for. */
export const citationDataSchema = z.strictObject({
  id: idSchema,
  /** The number in the text, from 1 in the order of first appearance; one number is one quote. */
  marker: z.number().int().min(1),
  sourceId: idSchema,
  documentId: idSchema,
  versionId: idSchema,
  title: z.string(),
  mediaType: z.string(),
  page: z.number().int().nullable(),
  start: z.number().int(),
  end: z.number().int(),
  /** `version.text.slice(start, end)`, always. */
  quote: z.string(),
  verdict: verdictSchema,
  /** Support of the claim by the quote, 0 to 1. */
  score: z.number(),
});
export type CitationData = z.infer<typeof citationDataSchema>;

/** `data-check`: the verdict on each sentence of the finished answer, as offsets into its text. */
export const checkDataSchema = z.strictObject({
  sentences: z.array(
    z.strictObject({
      start: z.number().int(),
      end: z.number().int(),
      verdict: verdictSchema,
      markers: z.array(z.number().int()),
    }),
  ),
  /** True when the answer says that the documents do not hold it. */
  isNotFound: z.boolean(),
});
export type CheckData = z.infer<typeof checkDataSchema>;

/** `data-usage`: what the answer took. */
export const usageDataSchema = z.strictObject({
  model: z.string(),
  upstream: z.string().nullable(),
  isBuiltin: z.boolean(),
  promptTokens: z.number().int().nullable(),
  completionTokens: z.number().int().nullable(),
  /** Millionths of the price table's currency; null when a price is unknown. */
  costMicros: z.number().int().nullable(),
  /** Calls of upstreams it took, those for the search and those that failed included. */
  attempts: z.number().int().optional(),
  retrievalMs: z.number(),
  firstTextMs: z.number().nullable(),
  totalMs: z.number(),
});
export type UsageData = z.infer<typeof usageDataSchema>;

export const generationStateSchema = z.enum([
  "queued",
  "streaming",
  "complete",
  "stopped",
  "interrupted",
  "failed",
]);
export type GenerationState = z.infer<typeof generationStateSchema>;

/** `data-generation`: which run writes this message and how it stands; first and last data part of every answer. */
export const generationDataSchema = z.strictObject({
  generationId: idSchema,
  conversationId: idSchema,
  messageId: idSchema,
  userMessageId: idSchema,
  state: generationStateSchema,
  /** From the error table, with its sentence, when `failed` or `interrupted`. */
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  /** When another try makes sense, where the router said so. */
  retryAt: z.iso.datetime().optional(),
});
export type GenerationData = z.infer<typeof generationDataSchema>;

/** A `reasoning` part: what the model thought before it answered. No part of the answer. */
export const reasoningPartSchema = z.looseObject({
  type: z.literal("reasoning"),
  text: z.string(),
  providerMetadata: z.looseObject({ vouch: z.looseObject({ durationMs: z.number() }).optional() }).optional(),
});

/** Data parts by name, as the AI SDK's `UIMessage` takes them. */
export const dataPartSchemas = {
  retrieval: retrievalDataSchema,
  source: sourceDataSchema,
  citation: citationDataSchema,
  check: checkDataSchema,
  usage: usageDataSchema,
  generation: generationDataSchema,
} as const;
export type ChatDataParts = {
  [Name in keyof typeof dataPartSchemas]: z.infer<(typeof dataPartSchemas)[Name]>;
};

/** POST /api/chat. The client sends one new message and ids; history comes from the database. */
export const chatRequestSchema = z.strictObject({
  /** Absent: a new conversation begins. */
  conversationId: idSchema.optional(),
  /** The message this one answers; null starts a new root; absent means the active leaf. */
  parentId: idSchema.nullable().optional(),
  idempotencyKey: z.string().min(8).max(100),
  message: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("text"), text: z.string().trim().min(1).max(8000) }),
    /** Writes another answer beside the given assistant message. */
    z.strictObject({
      type: z.literal("regenerate"),
      messageId: idSchema,
      /** Searched in place of the question; the question itself stays. */
      searchedQuestion: z.string().trim().min(1).max(2000).optional(),
    }),
  ]),
  collectionIds: z.array(idSchema).max(100).optional(),
  options: z.strictObject({ model: z.string().min(1).max(200).optional() }).optional(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** A citation whose words no longer stand in its document, or whose document cannot be opened any more. */
export const outdatedCitationSchema = z.discriminatedUnion("state", [
  z.strictObject({
    state: z.literal("changed"),
    messageId: idSchema,
    marker: z.number().int(),
    /** When the version that no longer holds the words was made. */
    changedAt: z.iso.datetime(),
    /** The nearest words of the newest version; null when nothing there comes near. */
    now: z
      .strictObject({
        versionId: idSchema,
        page: z.number().int().nullable(),
        start: z.number().int(),
        end: z.number().int(),
        text: z.string(),
      })
      .nullable(),
  }),
  /** Deleted, or no longer shared with the reader: which of both is not told. */
  z.strictObject({ state: z.literal("gone"), messageId: idSchema, marker: z.number().int() }),
]);
export type OutdatedCitation = z.infer<typeof outdatedCitationSchema>;

export const outdatedCitationListSchema = z.strictObject({ outdated: z.array(outdatedCitationSchema) });

/** A stored message; `parts` are UI message parts. */
export const storedMessageSchema = z.strictObject({
  id: idSchema,
  parentId: idSchema.nullable(),
  role: z.enum(["user", "assistant"]),
  parts: z.array(z.looseObject({ type: z.string() })),
  createdAt: z.iso.datetime(),
});
export type StoredMessage = z.infer<typeof storedMessageSchema>;

export const conversationSummarySchema = z.strictObject({
  id: idSchema,
  title: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ConversationSummary = z.infer<typeof conversationSummarySchema>;

/** GET /api/conversations/{id}: the whole tree. */
export const conversationSchema = z.strictObject({
  ...conversationSummarySchema.shape,
  collectionIds: z.array(idSchema),
  activeLeafId: idSchema.nullable(),
  messages: z.array(storedMessageSchema),
  activeGeneration: z
    .strictObject({ id: idSchema, messageId: idSchema, state: generationStateSchema })
    .nullable(),
});
export type Conversation = z.infer<typeof conversationSchema>;

export const updateConversationSchema = z
  .strictObject({
    title: z.string().trim().min(1).max(200).optional(),
    activeLeafId: idSchema.optional(),
    collectionIds: z.array(idSchema).max(100).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, "Name at least one field to change.");

export const createShareSchema = z.strictObject({
  mode: z.literal("snapshot").default("snapshot"),
  expiresAt: z.iso.datetime().nullable().optional(),
  /** Whether readers see the quoted words. */
  sources: z.boolean().default(true),
});
export type CreateShare = z.input<typeof createShareSchema>;

export const shareSchema = z.strictObject({
  id: idSchema,
  conversationId: idSchema,
  title: z.string(),
  mode: z.literal("snapshot"),
  includesSources: z.boolean(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type Share = z.infer<typeof shareSchema>;

/** Answer of POST .../shares: the only time the address is known. */
export const createdShareSchema = z.strictObject({ ...shareSchema.shape, url: z.string() });
export type CreatedShare = z.infer<typeof createdShareSchema>;

const sharedMessageSchema = z.strictObject({
  role: z.enum(["user", "assistant"]),
  text: z.string(),
  citations: z.array(
    z.strictObject({
      marker: z.number().int(),
      title: z.string(),
      page: z.number().int().nullable(),
      quote: z.string().nullable(),
      verdict: verdictSchema,
    }),
  ),
  unsupported: z.array(z.strictObject({ start: z.number().int(), end: z.number().int() })),
  /** True for an answer that quotes a document its sharer may no longer open: it is left out, text and all. */
  isWithheld: z.boolean().optional(),
});

/** What a reader of a link sees: text and cited quotes of one branch; no ids but those of the page itself. */
export const shareSnapshotSchema = z.strictObject({
  title: z.string(),
  sharedAt: z.iso.datetime(),
  messages: z.array(sharedMessageSchema),
});
export type ShareSnapshot = z.infer<typeof shareSnapshotSchema>;

/** A snapshot as stored, with the documents that each answer quotes; links of earlier versions name none. */
export const storedSnapshotSchema = shareSnapshotSchema.extend({
  messages: z.array(sharedMessageSchema.extend({ documentIds: z.array(idSchema).optional() })),
});
export type StoredSnapshot = z.infer<typeof storedSnapshotSchema>;
