import { APICallError } from "ai";
import { z } from "zod";
import type { ErrorCode } from "../shared/error-table.ts";
import { AppError } from "../shared/errors.ts";

const errorBodySchema = z.object({
  error: z.object({ code: z.string().nullish(), message: z.string().optional() }),
});

/** A longer wait is no pause but the end of a quota: a countdown would promise what nobody waits for. */
const LONGEST_WAIT_SECONDS = 3600;

/** What went wrong at the model, as the person may know it; with the time to come back where the router named one. */
export function toModelError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!APICallError.isInstance(error)) return new AppError("model_failed", { cause: error });
  const body = errorBodySchema.safeParse(error.data).data?.error;
  const code = codeOf(error.statusCode, body?.code);
  const headers = error.responseHeaders ?? {};
  const seconds = code === "budget_spent" ? undefined : retryAfterSeconds(headers);
  const message = limitWords(code, headers, body ?? {});
  return new AppError(code, {
    cause: error,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    ...(message === undefined ? {} : { message }),
  });
}

/** What a limit of our own says beyond the table's sentence; the router names it in a header. */
function limitWords(
  code: ErrorCode,
  headers: Readonly<Record<string, string>>,
  {
    code: reason,
    message,
  }: { readonly code?: string | null | undefined; readonly message?: string | undefined },
): string | undefined {
  if (reason === "model_unpriced") {
    return "This model has no price, so it cannot be used under a budget. Choose another model.";
  }
  if (headers["x-vouch-limit"] === undefined) return undefined;
  // Names the budget and what the request may cost; written by our own router for people.
  if (code === "budget_spent") return message;
  if (code !== "rate_limited" || headers["x-should-retry"] !== "false") return undefined;
  return "The question and its sources are larger than the limit of tokens per minute. Ask your administrator to raise it.";
}

function codeOf(status: number | undefined, code: string | null | undefined): ErrorCode {
  if (code === "content_filter") return "content_filtered";
  if (code === "model_unpriced") return "budget_spent";
  if (code === "upstream_unreachable") return "model_unavailable";
  switch (status) {
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
