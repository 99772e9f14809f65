import { blobPath } from "../../platform/blob.ts";
import type { TenantScope } from "../../platform/db/index.ts";
import { embedTexts } from "../../router/index.ts";
import { parseFile } from "../parse/parse-file.ts";
import type { StoredDocument } from "../queries/documents.ts";

/** The outside of an ingestion. */
export interface IngestDeps {
  readonly parseFile: typeof parseFile;
  readonly embedTexts: typeof embedTexts;
  readonly blobPath: (key: string) => string;
}

/** The real outside. */
export const ingestDeps: IngestDeps = { parseFile, embedTexts, blobPath: (key) => blobPath(key) };

/** A run of an ingestion: which document, for whom, until when. */
export interface Ingestion {
  readonly scope: TenantScope;
  readonly document: StoredDocument;
  readonly signal: AbortSignal;
  readonly deps: IngestDeps;
}
