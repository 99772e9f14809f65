import { z } from "zod";
import { idSchema } from "../../shared/ids.ts";

/** How far a site is followed. */
export const siteSettingsSchema = z.strictObject({
  /** Links from the first page to the last one; 0 is the first page alone. */
  depth: z.number().int().min(0).max(5).default(2),
  /** Pages that become documents at most. */
  limit: z.number().int().min(1).max(500).default(50),
});
export type SiteSettings = z.infer<typeof siteSettingsSchema>;

/** An address as a document: one page, or with `site` the pages that it leads to on its host below its folder. */
export const createUrlDocumentSchema = z.strictObject({
  url: z.string().trim().min(1).max(2000),
  site: siteSettingsSchema.optional(),
  /** Whether it is looked at again every day. */
  refresh: z.enum(["daily", "never"]).default("daily"),
});
export type CreateUrlDocument = z.infer<typeof createUrlDocumentSchema>;

/** What became of the addresses of a source when it was last looked at. */
export const sourceCountsSchema = z.strictObject({
  /** Addresses that were looked at. */
  found: z.number().int().default(0),
  added: z.number().int().default(0),
  changed: z.number().int().default(0),
  unchanged: z.number().int().default(0),
  failed: z.number().int().default(0),
  /** Asked not to be kept, by robots.txt or by the page; the same as another page; nothing that can be read. */
  skipped: z.number().int().default(0),
  /** Documents whose page is no longer there; they are kept. */
  gone: z.number().int().default(0),
});
export type SourceCounts = z.infer<typeof sourceCountsSchema>;

/** A page or a site that is followed. */
export const sourceSchema = z.strictObject({
  id: idSchema,
  collectionId: idSchema,
  kind: z.enum(["page", "site"]),
  uri: z.string(),
  /** Of sites. */
  settings: siteSettingsSchema.partial(),
  refresh: z.enum(["daily", "never"]),
  state: z.enum(["queued", "running", "idle", "failed"]),
  errorCode: z.string().nullable(),
  /** A sentence about the last run, when there is something to say. */
  stateDetail: z.string().nullable(),
  counts: sourceCountsSchema.partial(),
  lastRunAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type Source = z.infer<typeof sourceSchema>;

export const sourceListSchema = z.strictObject({ sources: z.array(sourceSchema) });
