import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ErrorCode } from "../../shared/error-table.ts";
import { AppError } from "../../shared/errors.ts";
import type { ParsedFile } from "./parse-bytes.ts";
import type { PageProgress } from "./parsed-document.ts";
import type { ParseMessage, ParseRequest } from "./parser-messages.ts";

/** How much a file may cost. */
export interface ParseLimits {
  /** Heap of the parser process, in megabytes. */
  readonly heapMb: number;
  /** Time for any file. */
  readonly baseMs: number;
  /** Time for each page on top. */
  readonly perPageMs: number;
}

export const PARSE_LIMITS: ParseLimits = { heapMb: 512, baseMs: 60_000, perPageMs: 500 };

/** Files after which a parser process is replaced, so that what one file leaves behind does not grow. */
const FILES_PER_PROCESS = 500;
const IDLE_MS = 20_000;

/** Options of {@link parseFile}. */
export interface ParseFileOptions {
  readonly path: string;
  readonly fileName: string;
  readonly onProgress?: PageProgress;
  readonly signal?: AbortSignal;
  readonly limits?: ParseLimits;
}

interface ParserProcess {
  readonly child: ChildProcess;
  readonly heapMb: number;
  files: number;
  idleTimer: NodeJS.Timeout | undefined;
}

const idle: ParserProcess[] = [];
let lastRequestId = 0;

function startProcess(heapMb: number): ParserProcess {
  const child = fork(fileURLToPath(new URL("./parser-process.ts", import.meta.url)), {
    execArgv: [`--max-old-space-size=${heapMb}`, "--permission", "--allow-fs-read=*", "--no-warnings"],
    env: { NODE_ENV: "production" },
    serialization: "advanced",
    // Its words on a damaged file are nobody's business; the reply says what matters.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  return { child, heapMb, files: 0, idleTimer: undefined };
}

function takeProcess(heapMb: number): ParserProcess {
  const index = idle.findIndex((parser) => parser.heapMb === heapMb && parser.child.connected);
  const parser = index < 0 ? startProcess(heapMb) : (idle.splice(index, 1)[0] as ParserProcess);
  clearTimeout(parser.idleTimer);
  parser.child.ref();
  parser.child.channel?.ref();
  return parser;
}

/** Keeps a warm process for the next file, without keeping this program alive. */
function releaseProcess(parser: ParserProcess): void {
  parser.files += 1;
  parser.child.removeAllListeners();
  if (parser.files >= FILES_PER_PROCESS || !parser.child.connected) {
    parser.child.kill("SIGKILL");
    return;
  }
  parser.child.unref();
  parser.child.channel?.unref();
  parser.child.once("exit", () => idle.splice(idle.indexOf(parser) >>> 0, 1));
  parser.idleTimer = setTimeout(() => parser.child.kill("SIGKILL"), IDLE_MS).unref();
  idle.push(parser);
}

/**
 * Reads a file in a process of its own: a file that eats memory or time costs that process, which is killed.
 *
 * @throws AppError with a `document_...` code; the signal's reason when it ends the work.
 */
export async function parseFile(options: ParseFileOptions): Promise<ParsedFile> {
  const { path, fileName, onProgress, signal, limits = PARSE_LIMITS } = options;
  signal?.throwIfAborted();
  const parser = takeProcess(limits.heapMb);
  lastRequestId += 1;
  const request: ParseRequest = { id: lastRequestId, path, fileName };
  try {
    const file = await converse(parser.child, request, limits, onProgress, signal);
    releaseProcess(parser);
    return file;
  } catch (error) {
    // The answer of a process that lives is its own failure; everything else leaves it in doubt.
    if (error instanceof AppError && !isFatal(error.code)) releaseProcess(parser);
    else parser.child.kill("SIGKILL");
    throw error;
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
  return new Promise((resolve, reject) => {
    const expire = () => settle(() => reject(new AppError("document_parse_timeout")));
    let timer = setTimeout(expire, limits.baseMs);
    const abort = () => settle(() => reject(signal?.reason));
    const settle = (finish: () => void) => {
      clearTimeout(timer);
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
      const allowedMs = limits.baseMs + limits.perPageMs * message.total;
      clearTimeout(timer);
      timer = setTimeout(expire, Math.max(0, allowedMs - (performance.now() - startedMs)));
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
