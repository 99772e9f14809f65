import { errors } from "undici";
import { AppError, toAppError } from "../../shared/errors.ts";

const NOT_FOUND_CODES = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_NONAME", "ENODATA"]);

/** Which sentence a failure below HTTP becomes. `isLate`: the time for all of it is over. */
export function explainFailure(error: unknown, isLate: boolean): AppError {
  // Several addresses that were tried in turn fail together.
  const [first] = error instanceof AggregateError ? error.errors : [error];
  if (isAppError(first)) return first;
  if (isLate || isTimeout(first)) return new AppError("url_timeout", { cause: first });
  if (first instanceof errors.HeadersOverflowError) {
    return new AppError("url_failed", { message: "The site's answer has too many headers.", cause: first });
  }
  const code = first instanceof Error && "code" in first ? String(first.code) : "";
  if (NOT_FOUND_CODES.has(code)) {
    return new AppError("url_unreachable", { message: "There is no site of this name.", cause: first });
  }
  if (/^(?:Z_|ERR__ERROR_FORMAT|ERR_BROTLI|ERR_PADDING)/.test(code)) {
    return new AppError("url_failed", { message: "What the site sent is damaged.", cause: first });
  }
  if (/CERT|^ERR_TLS|^ERR_SSL|SELF_SIGNED|UNABLE_TO/.test(code)) {
    return new AppError("url_unreachable", {
      message: "The site's certificate is not valid, so its content is not trusted.",
      cause: first,
    });
  }
  return new AppError("url_unreachable", { cause: first });
}

function isAppError(error: unknown): error is AppError {
  return error instanceof Error && toAppError(error).code !== "internal";
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError
  );
}
