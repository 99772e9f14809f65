import type { ChildProcess } from "node:child_process";
import { stat } from "node:fs/promises";
import type { ErrorCode } from "../../shared/error-table.ts";
import { AppError } from "../../shared/errors.ts";
import type { ParsedFile } from "./parse-bytes.ts";
import type { PageProgress } from "./parsed-document.ts";
import type { ParseMessage, ParseRequest } from "./parser-messages.ts";
import {
  endProcess,
  processorMs,
  releaseProcess,
  residentMb,
  SLOTS,
  takeProcess,
  takeSlots,
} from "./parser-pool.ts";

/** How much a file may cost. */
export interface ParseLimits {
  /** Heap of the parser process, in megabytes. */
  readonly heapMb: number;
  /** Memory of the whole process, in megabytes: what it unpacks lies outside the heap. */
  readonly residentMb: number;
  /** Processor time for any file, so that a busy machine fails none; where the system does not tell it, time. */
  readonly baseMs: number;
  /** The same for each page on top. */
  readonly perPageMs: number;
}

/** For most files: two of them may be read at once. */
export const PARSE_LIMITS: ParseLimits = { heapMb: 160, residentMb: 290, baseMs: 60_000, perPageMs: 500 };
/** For a big file, or one that needed more than {@link PARSE_LIMITS}: it is read alone. */
const BIG_LIMITS: ParseLimits = { heapMb: 400, residentMb: 540, baseMs: 120_000, perPageMs: 500 };
const BIG_FILE_BYTES = 12_000_000;
const WATCH_MS = 100;
/** However many pages a file has. */
const FILE_MS_MAX = 1_800_000;
/** A process that waits rather than works ends after this many times what it may cost. */
const WAITING_FACTOR = 8;

/** Options of {@link parseFile}. */
export interface ParseFileOptions {
  readonly path: string;
  readonly fileName: string;
  readonly onProgress?: PageProgress;
  readonly signal?: AbortSignal;
  /** In place of the limits by size. */
  readonly limits?: ParseLimits;
  /** Of a protected PDF; without it such a file is refused as `document_encrypted`. */
  readonly password?: string;
}

let lastRequestId = 0;

/**
 * Reads a file in a process of its own: a file that eats memory or time costs that process, which is killed. One that
 * runs out of memory is read once more, alone and with more of it.
 *
 * @throws AppError with a `document_...` code; the signal's reason when it ends the work.
 */
export async function parseFile(options: ParseFileOptions): Promise<ParsedFile> {
  if (options.limits !== undefined) return readWithin(options, options.limits, 1);
  const { size } = await stat(options.path);
  if (size < BIG_FILE_BYTES) {
    try {
      return await readWithin(options, PARSE_LIMITS, 1);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "document_parse_memory") throw error;
    }
  }
  return readWithin(options, BIG_LIMITS, SLOTS);
}

async function readWithin(
  options: ParseFileOptions,
  limits: ParseLimits,
  slots: number,
): Promise<ParsedFile> {
  const { path, fileName, onProgress, signal, password } = options;
  const returnSlots = await takeSlots(slots, signal);
  const parser = takeProcess(limits.heapMb);
  lastRequestId += 1;
  const request: ParseRequest = { id: lastRequestId, path, fileName, password };
  try {
    const file = await converse(parser.child, request, limits, onProgress, signal);
    releaseProcess(parser);
    return file;
  } catch (error) {
    // The answer of a process that lives is its own failure; everything else leaves it in doubt.
    if (error instanceof AppError && !isFatal(error.code)) releaseProcess(parser);
    else endProcess(parser);
    throw error;
  } finally {
    returnSlots();
  }
}

function isFatal(code: ErrorCode): boolean {
  return code === "document_parse_timeout" || code === "document_parse_memory";
}

function converse(
  child: ChildProcess,
  request: ParseRequest,
  limits: ParseLimits,
  onProgress: PageProgress | undefined,
  signal: AbortSignal | undefined,
): Promise<ParsedFile> {
  const startedMs = performance.now();
  const workedMs = processorMs(child.pid) ?? 0;
  return new Promise((resolve, reject) => {
    let allowedMs = limits.baseMs;
    const watch = setInterval(() => {
      const elapsedMs = performance.now() - startedMs;
      const usedMs = (processorMs(child.pid) ?? elapsedMs + workedMs) - workedMs;
      if (usedMs > allowedMs || elapsedMs > allowedMs * WAITING_FACTOR) fail("document_parse_timeout");
      else if (residentMb(child.pid) > limits.residentMb) fail("document_parse_memory");
    }, WATCH_MS);
    const fail = (code: ErrorCode) => settle(() => reject(new AppError(code)));
    const abort = () => settle(() => reject(signal?.reason));
    const settle = (finish: () => void) => {
      clearInterval(watch);
      signal?.removeEventListener("abort", abort);
      child.off("exit", onExit);
      child.off("message", onMessage);
      finish();
    };
    const onMessage = (message: ParseMessage) => {
      if (message.id !== request.id) return;
      if (message.type === "parsed") return settle(() => resolve(message.file));
      if (message.type === "failed") return settle(() => reject(failure(message.code, message.page)));
      onProgress?.(message.done, message.total);
      allowedMs = Math.min(limits.baseMs + limits.perPageMs * message.total, FILE_MS_MAX);
    };
    // Without a word the process can only have run out of memory: that is the one way V8 ends it.
    const onExit = () => settle(() => reject(new AppError("document_parse_memory")));
    signal?.addEventListener("abort", abort, { once: true });
    child.once("exit", onExit);
    child.on("message", onMessage);
    child.on("error", () => {});
    child.send(request, () => {});
  });
}

function failure(code: ErrorCode, page: number | null): AppError {
  return new AppError(code, page === null ? {} : { context: { page } });
}
