import type { ErrorCode } from "../../shared/error-table.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import { type ClaimEnd, ClaimLost } from "../queries/claims.ts";
import type { Ingestion } from "./ingestion.ts";

/** Why a reading was told to stop. */
export class ReadingStopped extends Error {
  readonly why: "taken" | "shutdown" | "overtaken";

  constructor(why: ReadingStopped["why"]) {
    super(`the reading was stopped: ${why}`);
    this.name = "ReadingStopped";
    this.why = why;
  }
}

/** Tries of a file that cost its parser too much: it may have been the machine, once. */
const COSTLY_TRIES = 2;
/** Tries before an outage, or a worker that dies with the document, ends it. */
export const TRIES_MAX = 6;
const RETRY_SECONDS = 2;
const RETRY_SECONDS_MAX = 300;
const COSTLY: readonly ErrorCode[] = ["document_parse_timeout", "document_parse_memory"];

/** True when somebody else decided about the document: cancelled, deleted, replaced, or another worker has it. */
export function isTaken(error: unknown, signal: AbortSignal): boolean {
  return error instanceof ClaimLost || (isStopped(signal) && signal.reason.why === "taken");
}

function isStopped(signal: AbortSignal): signal is AbortSignal & { readonly reason: ReadingStopped } {
  return signal.aborted && signal.reason instanceof ReadingStopped;
}

/** What a failure means for the document: given back, tried again, or ended with a reason a person understands. */
export function endAfter(error: unknown, document: Ingestion["document"], signal: AbortSignal): ClaimEnd {
  if (isStopped(signal)) return { kind: "released" };
  const failure = toAppError(error);
  const isAboutFile = failure.code.startsWith("document_");
  const triesMax = COSTLY.includes(failure.code) ? COSTLY_TRIES : isAboutFile ? 1 : TRIES_MAX;
  if (document.attempts >= triesMax) {
    const page = failure.context.page;
    const detail = typeof page === "number" ? `${failure.message} (Page ${page}.)` : failure.message;
    return { kind: "failed", code: failure.code, detail };
  }
  const seconds = Math.min(RETRY_SECONDS_MAX, RETRY_SECONDS * 2 ** (document.attempts - 1));
  return { kind: "postponed", seconds, reason: `${failure.message} Another try follows.` };
}

/** The end of a document with which the worker died each time. */
export function endOfPoison(): ClaimEnd {
  const code = "document_interrupted";
  return { kind: "failed", code, detail: new AppError(code).message };
}
