import { z } from "zod";
import { idSchema } from "../../shared/ids.ts";

/** Whether a chat model writes a sentence about each passage for the indexes. */
export const passageNotesSchema = z.enum(["off", "model"]);

/** How a collection's documents are cut into passages and how its passages are read; stored as the keys that differ. */
export const collectionSettingsSchema = z.object({
  /** Words of a full passage. A change takes effect as documents are read again. */
  passageWords: z.number().int().min(40).max(400).default(200),
  /** Passages read on each side of a found one when an answer is written. */
  neighbours: z.number().int().min(0).max(3).default(1),
  /** A change takes effect as documents are read again. */
  passageNotes: passageNotesSchema.default("off"),
});

/** Changes of settings; absent keys stay. */
export const updateSettingsSchema = z
  .strictObject({
    passageWords: z.number().int().min(40).max(400),
    neighbours: z.number().int().min(0).max(3),
    passageNotes: passageNotesSchema,
  })
  .partial();

export const collectionSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  description: z.string(),
  visibility: z.enum(["organisation", "private"]),
  isSample: z.boolean(),
  /** What the caller may do here. */
  level: z.enum(["read", "write", "manage"]),
  documentCount: z.number().int(),
  settings: collectionSettingsSchema,
  /** The vector space that answers searches. */
  vectorSpace: z.string(),
  /** The space of the configured embedder; while it differs, passages are given vectors in it in the background. */
  embedderSpace: z.string(),
  /** The chat model that would write sentences about passages; null where none can. */
  writingModel: z.string().nullable(),
  createdAt: z.iso.datetime(),
});
export type Collection = z.infer<typeof collectionSchema>;

export const createCollectionSchema = z.strictObject({
  name: z.string().trim().min(1).max(120),
  description: z.string().trim().max(1000).default(""),
  visibility: z.enum(["organisation", "private"]).default("private"),
});
export type CreateCollection = z.infer<typeof createCollectionSchema>;

export const updateCollectionSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(120),
    description: z.string().trim().max(1000),
    visibility: z.enum(["organisation", "private"]),
    settings: updateSettingsSchema,
  })
  .partial();
export type UpdateCollection = z.infer<typeof updateCollectionSchema>;

export const collectionListSchema = z.strictObject({ collections: z.array(collectionSchema) });

/** What a person may do with a collection; each level includes the ones before it. */
export const accessLevelSchema = z.enum(["read", "write", "manage"]);
export type AccessLevel = z.infer<typeof accessLevelSchema>;

/** A person of the organisation, as those who manage a collection see them. */
export const collectionPersonSchema = z.strictObject({
  userId: idSchema,
  name: z.string(),
  email: z.string().nullable(),
});
export type CollectionPerson = z.infer<typeof collectionPersonSchema>;

export const collectionPeopleSchema = z.strictObject({ people: z.array(collectionPersonSchema) });

export const accessEntrySchema = collectionPersonSchema.extend({ level: accessLevelSchema });
export type AccessEntry = z.infer<typeof accessEntrySchema>;

/** Who may do what with a collection, beside what its visibility and their role give. */
export const collectionAccessSchema = z.strictObject({
  visibility: z.enum(["organisation", "private"]),
  /** Null for collections that the program made for all. */
  owner: collectionPersonSchema.nullable(),
  entries: z.array(accessEntrySchema),
  /** The latest changes, newest first. */
  changes: z.array(
    z.strictObject({
      at: z.iso.datetime(),
      action: z.string(),
      /** Names; null for the program itself, and for those whose account is gone. */
      actor: z.string().nullable(),
      person: z.string().nullable(),
      level: accessLevelSchema.nullable(),
      visibility: z.enum(["organisation", "private"]).nullable(),
    }),
  ),
});
export type CollectionAccess = z.infer<typeof collectionAccessSchema>;

export const setAccessSchema = z.strictObject({ level: accessLevelSchema });

/** Groups of states that a list can be narrowed to. */
export const documentFilterSchema = z.enum(["working", "ready", "failed", "cancelled"]);
export type DocumentFilter = z.infer<typeof documentFilterSchema>;

/** How far the documents of a collection are. */
export const collectionStatusSchema = z.strictObject({
  counts: z.record(documentFilterSchema, z.number().int()),
  /** Documents on their way that somebody paused. */
  paused: z.number().int(),
  /** Documents that wait for offline work to have its turn. */
  waitingOffline: z.number().int(),
  /** Of all originals. */
  sizeBytes: z.number(),
});
export type CollectionStatus = z.infer<typeof collectionStatusSchema>;

/** Which documents of a collection are read again. */
export const rereadSchema = z.strictObject({ which: z.enum(["all", "failed"]).default("all") });

/** How many documents are read again. */
export const rereadResultSchema = z.strictObject({ count: z.number().int() });
