import { blobPath } from "../../platform/blob.ts";
import { embedTexts } from "../../router/index.ts";
import { servingModel } from "../embed/serving-space.ts";
import { type ParseLimits, parseFile } from "../parse/parse-file.ts";
import type { ClaimedDocument } from "../queries/claims.ts";
import { ensureVectorSpace } from "./vector-spaces.ts";

/** The outside of an ingestion. */
export interface IngestDeps {
  readonly parseFile: typeof parseFile;
  readonly embedTexts: typeof embedTexts;
  readonly servingModel: (scope: { readonly orgId: string }) => ReturnType<typeof servingModel>;
  readonly ensureVectorSpace: typeof ensureVectorSpace;
  readonly blobPath: (key: string) => string;
}

/** The real outside. */
export const ingestDeps: IngestDeps = {
  parseFile,
  embedTexts,
  servingModel: (scope) => servingModel(scope),
  ensureVectorSpace,
  blobPath: (key) => blobPath(key),
};

/** One reading of a claimed document. */
export interface Ingestion {
  readonly document: ClaimedDocument;
  /** Aborts when the claim is lost, the process stops or more urgent work needs the place. */
  readonly signal: AbortSignal;
  readonly deps: IngestDeps;
  /** How much the file may cost; the parser's own limits by default. */
  readonly limits?: ParseLimits;
}
