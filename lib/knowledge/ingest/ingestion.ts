import { blobPath } from "../../platform/blob.ts";
import { embedTexts, writeText, writingModel } from "../../router/index.ts";
import { findDocumentPassword } from "../document-passwords.ts";
import { servingModel } from "../embed/serving-space.ts";
import { createModelTurns } from "../notes/model-turns.ts";
import type { NoteDeps } from "../notes/write-notes.ts";
import { findOcrLanguages, recognisePages } from "../parse/ocr/recognise-pages.ts";
import { type ParseLimits, parseFile } from "../parse/parse-file.ts";
import type { ClaimedDocument } from "../queries/claims.ts";
import { ensureVectorSpace } from "./vector-spaces.ts";

/** The outside of an ingestion. */
export interface IngestDeps extends NoteDeps {
  readonly parseFile: typeof parseFile;
  readonly recognisePages: typeof recognisePages;
  /** Whether this machine can recognise text in pictures. */
  readonly canRecognise: () => Promise<boolean>;
  readonly embedTexts: typeof embedTexts;
  readonly servingModel: (scope: { readonly orgId: string }) => ReturnType<typeof servingModel>;
  readonly ensureVectorSpace: typeof ensureVectorSpace;
  readonly blobPath: (key: string) => string;
  /** The password given for this reading; asked for when the file turns out to be protected. */
  readonly findPassword: typeof findDocumentPassword;
}

let recognition: { readonly isThere: Promise<boolean>; readonly askedMs: number } | undefined;
/** Programs may be installed while this one runs. */
const ASK_AGAIN_MS = 60_000;

function canRecognise(): Promise<boolean> {
  if (recognition === undefined || performance.now() - recognition.askedMs > ASK_AGAIN_MS) {
    const isThere = findOcrLanguages().then((languages) => languages !== null);
    recognition = { isThere, askedMs: performance.now() };
  }
  return recognition.isThere;
}

/** Requests at once that this process makes for sentences about passages. */
const MODEL_TURNS = 4;

/** The real outside. */
export const ingestDeps: IngestDeps = {
  parseFile,
  recognisePages,
  canRecognise,
  embedTexts,
  servingModel: (scope) => servingModel(scope),
  ensureVectorSpace,
  writingModel: () => writingModel(),
  writeText,
  modelTurns: createModelTurns(MODEL_TURNS),
  blobPath: (key) => blobPath(key),
  findPassword: findDocumentPassword,
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
