import { type DestinationStream, type Logger, pino } from "pino";
import { toAppError } from "../shared/errors.ts";
import { environment } from "./env.ts";

/** Fields a log line may carry. A list of what is allowed cannot forget what is forbidden: no user text fits here. */
const ALLOWED_FIELDS = new Set([
  "requestId",
  "orgId",
  "userId",
  "role",
  "conversationId",
  "generationId",
  "messageId",
  "documentId",
  "versionId",
  "collectionId",
  "jobId",
  "queue",
  "runId",
  "itemId",
  "shareId",
  "keyId",
  "attemptId",
  "upstream",
  "model",
  "method",
  "route",
  "status",
  "outcome",
  "code",
  "state",
  "signal",
  "pid",
  "port",
  "process",
  "exitCode",
  "durationMs",
  "firstTokenMs",
  "waitMs",
  "delayMs",
  "attempt",
  "attempts",
  "count",
  "bytes",
  "pages",
  "chunks",
  "page",
  "name",
  "errorName",
  "errorStack",
  "sqlState",
  "version",
  "migration",
  "url",
  "feature",
  "configured",
  "reason",
]);

type FieldValue = string | number | boolean | null | undefined;

/** Allow-listed fields of a log line, plus `error`, of which only name, code and stack frames are kept. */
export type LogFields = { readonly [field: string]: unknown; readonly error?: unknown };

function stackFrames(error: Error): string {
  // The first lines of a stack repeat the message, which may quote user text; the frames do not.
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .slice(0, 12)
    .map((line) => line.trim())
    .join(" | ");
}

/** Keeps allowed fields and reduces `error` to what is safe to write down. */
export function redactFields(fields: LogFields): Record<string, FieldValue> {
  const kept: Record<string, FieldValue> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined || !ALLOWED_FIELDS.has(name)) continue;
    if (typeof value === "string") kept[name] = value.length > 500 ? value.slice(0, 500) : value;
    else if (value === null || typeof value === "number" || typeof value === "boolean") kept[name] = value;
  }
  if (fields.error !== undefined) {
    const wrapped = toAppError(fields.error);
    const original = wrapped.cause instanceof Error ? wrapped.cause : fields.error;
    kept.code ??= wrapped.code;
    if (original instanceof Error) {
      kept.errorName = original.name;
      kept.errorStack = stackFrames(original);
      // postgres.js puts the five-letter SQLSTATE in `code`.
      if ("code" in original && typeof original.code === "string") kept.sqlState = original.code.slice(0, 30);
    }
  }
  return kept;
}

/** JSON lines on standard output, one event each, with allow-listed fields only. */
export interface VouchLogger {
  debug(fields: LogFields, event: string): void;
  info(fields: LogFields, event: string): void;
  warn(fields: LogFields, event: string): void;
  error(fields: LogFields, event: string): void;
}

/** Makes a logger; `event` texts are constants of the program, never built from data. */
export function createLogger(level: string, destination?: DestinationStream): VouchLogger {
  const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  const target: Logger = destination === undefined ? pino(options) : pino(options, destination);
  return {
    debug: (fields, event) => target.debug(redactFields(fields), event),
    info: (fields, event) => target.info(redactFields(fields), event),
    warn: (fields, event) => target.warn(redactFields(fields), event),
    error: (fields, event) => target.error(redactFields(fields), event),
  };
}

/** Lines wait for each other up to this many bytes, and this long. */
const GATHERED_BYTES = 8 * 1024;
const GATHERED_MS = 100;

/**
 * Standard output, in pieces of several lines: a write of its own for each would cost a busy router more than making
 * the line. What waits is written when the process ends, also by an uncaught error; a hard kill loses 100 ms at most.
 */
function gatheredOutput(): ReturnType<typeof pino.destination> {
  const output = pino.destination({
    dest: 1,
    sync: false,
    minLength: GATHERED_BYTES,
    periodicFlush: GATHERED_MS,
  });
  process.on("exit", () => output.flushSync());
  return output;
}

let shared: VouchLogger | undefined;

function sharedLogger(): VouchLogger {
  shared ??= createLogger(environment().LOG_LEVEL, gatheredOutput());
  return shared;
}

/**
 * From now on this process logs warnings and errors only, to standard error: what a command prints is for whoever, or
 * whatever program, reads it. Called before the first line is written.
 */
export function logLikeACommand(): void {
  const level = environment().LOG_LEVEL;
  shared = createLogger(level === "info" ? "warn" : level, pino.destination({ dest: 2, sync: true }));
}

/** The logger of this process. */
export const logger: VouchLogger = {
  debug: (fields, event) => sharedLogger().debug(fields, event),
  info: (fields, event) => sharedLogger().info(fields, event),
  warn: (fields, event) => sharedLogger().warn(fields, event),
  error: (fields, event) => sharedLogger().error(fields, event),
};
