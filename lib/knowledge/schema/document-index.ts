import { z } from "zod";
import { idSchema } from "../../shared/ids.ts";

/** A page of a version, as the index sees it; text without pages is one page. */
export const indexPageSchema = z.strictObject({
  page: z.number().int(),
  /** What stands for a page where there are none: a sheet, a slide, a chapter. */
  label: z.string().nullable(),
  state: z.enum(["text", "ocr", "unreadable", "pending"]),
  /** Offsets into the version's text. */
  start: z.number().int(),
  end: z.number().int(),
  /** Passages that begin on it. */
  passages: z.number().int(),
});
export type IndexPage = z.infer<typeof indexPageSchema>;

/** A passage as it is indexed. */
export const indexPassageSchema = z.strictObject({
  chunkId: idSchema,
  /** Position in the version, from 0. */
  ordinal: z.number().int(),
  start: z.number().int(),
  end: z.number().int(),
  headingPath: z.array(z.string()),
  /** A sentence that a model wrote about it for the index; not part of the document. */
  note: z.string().nullable(),
  /** The words it is found by, separated by spaces. */
  terms: z.string(),
});
export type IndexPassage = z.infer<typeof indexPassageSchema>;

/** What the index sees of a document; without a version it sees nothing. */
export const documentIndexSchema = z.strictObject({
  documentId: idSchema,
  versionId: idSchema.nullable(),
  /** Name and version of the parser that made the text. */
  parser: z.string().nullable(),
  readAt: z.iso.datetime().nullable(),
  pages: z.array(indexPageSchema),
  passageCount: z.number().int(),
  /** Passages with a sentence by a model. */
  notedCount: z.number().int(),
  vectorSpaces: z.array(z.strictObject({ name: z.string(), passages: z.number().int() })),
});
export type DocumentIndex = z.infer<typeof documentIndexSchema>;

/** One page as the index sees it. */
export const documentIndexPageSchema = z.strictObject({
  documentId: idSchema,
  versionId: idSchema,
  page: indexPageSchema,
  /** Where `text` begins in the version's text. */
  start: z.number().int(),
  text: z.string(),
  passages: z.array(indexPassageSchema),
  /** Pass it as `after` for the passages that follow on this page; null at its end. */
  next: z.number().int().nullable(),
});
export type DocumentIndexPage = z.infer<typeof documentIndexPageSchema>;
