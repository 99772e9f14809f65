import { ERROR_TABLE, type ErrorCode } from "./error-table.ts";

/** What an `AppError` may carry beside its code. */
export interface AppErrorOptions {
  /** Sentence for the person, in place of the table's; must name the thing and the remedy, never internals. */
  readonly message?: string;
  /** Log fields: ids and numbers only, no user text. */
  readonly context?: Readonly<Record<string, string | number | boolean | null>>;
  readonly cause?: unknown;
  /** Seconds after which a retry makes sense; sent as Retry-After. */
  readonly retryAfterSeconds?: number;
}

/** An error with a stable code from {@link ERROR_TABLE}; its message is safe to show. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly isRetryable: boolean;
  readonly context: Readonly<Record<string, string | number | boolean | null>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const row = ERROR_TABLE[code];
    super(options.message ?? row.message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.status = row.status;
    this.isRetryable = row.retryable;
    this.context = options.context ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The error as a caller may see it: an `AppError` as it is, anything else as `internal` with the original as cause. */
export function toAppError(error: unknown): AppError {
  // Next bundles modules twice in one process, so `instanceof` alone would miss the other copy's class.
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.name === "AppError" && "code" in error && isErrorCode(error.code)) {
    return new AppError(error.code, { message: error.message, cause: error });
  }
  return new AppError("internal", { cause: error });
}

/** True for a code that stands in the table. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERROR_TABLE, code);
}

/** The JSON body of every error response. */
export function errorBody(error: AppError, requestId: string) {
  return { error: { code: error.code, message: error.message, requestId } };
}
