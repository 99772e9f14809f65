import { APICallError } from "ai";
import { z } from "zod";
import type { ErrorCode } from "../shared/error-table.ts";
import { AppError } from "../shared/errors.ts";

const errorBodySchema = z.object({ error: z.object({ code: z.string().nullish() }) });

/** A longer wait is no pause but the end of a quota: a countdown would promise what nobody waits for. */
const LONGEST_WAIT_SECONDS = 3600;

/** What went wrong at the model, as the person may know it; with the time to come back where the router named one. */
export function toModelError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!APICallError.isInstance(error)) return new AppError("model_failed", { cause: error });
  const code = codeOf(error);
  const seconds = code === "budget_spent" ? undefined : retryAfterSeconds(error.responseHeaders ?? {});
  return new AppError(code, {
    cause: error,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  });
}

function codeOf(error: APICallError): ErrorCode {
  const detail = errorBodySchema.safeParse(error.data);
  const code = detail.success ? detail.data.error.code : undefined;
  if (code === "content_filter") return "content_filtered";
  if (code === "upstream_unreachable") return "model_unavailable";
  switch (error.statusCode) {
    case 404:
      return "model_unknown";
    case 429:
      return code === "insufficient_quota" ? "budget_spent" : "rate_limited";
    case 503:
      return "model_unavailable";
    case 504:
      return "model_timeout";
    default:
      return "model_failed";
  }
}

/** The wait an answer asks for in `retry-after-ms` or `retry-after` (seconds; the router sends no dates). */
function retryAfterSeconds(headers: Readonly<Record<string, string>>): number | undefined {
  const fromMs = Number(headers["retry-after-ms"] ?? Number.NaN) / 1000;
  const seconds = Number.isFinite(fromMs) ? fromMs : Number(headers["retry-after"] ?? Number.NaN);
  return seconds > 0 && seconds <= LONGEST_WAIT_SECONDS ? seconds : undefined;
}
