import { type AppError, toAppError } from "../../shared/errors.ts";

/** The inside of OpenAI's error body. */
export interface ApiErrorDetail {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** What an {@link ApiError} may carry beside status and detail. */
export interface ApiErrorOptions {
  /** Headers for the client, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** An upstream's own body, already in OpenAI's shape, passed on unchanged. */
  readonly body?: string | undefined;
  readonly cause?: unknown;
}

/** An error a client of `/v1` sees, in OpenAI's shape. */
export class ApiError extends Error {
  readonly status: number;
  readonly detail: ApiErrorDetail;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;

  constructor(
    status: number,
    detail: Partial<ApiErrorDetail> & { message: string },
    options: ApiErrorOptions = {},
  ) {
    super(detail.message, { cause: options.cause });
    this.name = "ApiError";
    this.status = status;
    this.detail = {
      message: detail.message,
      type: detail.type ?? defaultType(status),
      param: detail.param ?? null,
      code: detail.code ?? null,
    };
    this.headers = options.headers ?? {};
    this.body = options.body ?? JSON.stringify({ error: this.detail });
  }
}

function defaultType(status: number): string {
  if (status === 429) return "rate_limit_error";
  if (status === 403) return "permission_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

/** The error in OpenAI's shape; codes of our own table keep their names, and nothing internal shows. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const known: AppError = toAppError(error);
  return new ApiError(
    known.status,
    { message: known.message, code: known.code },
    {
      cause: error,
      headers:
        known.retryAfterSeconds === undefined
          ? {}
          : { "retry-after": String(Math.ceil(known.retryAfterSeconds)) },
    },
  );
}

/** A client that is still there while its request is given up: the program ends. */
export function routerClosing(): ApiError {
  return new ApiError(
    503,
    { message: "The router is shutting down.", code: "unavailable" },
    { headers: { "retry-after": "1", connection: "close" } },
  );
}
