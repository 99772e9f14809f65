import { ERROR_TABLE } from "../../shared/error-table.ts";
import { ApiError } from "../http/api-error.ts";
import type { LimitName, LimitSubject } from "./limit-rules.ts";

/** What a refusal tells beside the limit that was hit. */
export interface RefusalContext {
  readonly limit: number;
  /** Units the request would have taken. */
  readonly units: number;
  readonly retryAfterMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

const SUBJECT_NAMES = { organisation: "organisation", user: "user", key: "API key" } as const;

/** Asked again so soon when a stream's slot is missing: nobody knows when one ends. */
const SLOT_RETRY_MS = 1_000;
const UNAVAILABLE_RETRY_SECONDS = 2;

/** The refusal of a request that meets a limit; its sentence names the subject and the limit. */
export function limitReached(subject: LimitSubject, name: LimitName, context: RefusalContext): ApiError {
  const whose = SUBJECT_NAMES[subject.type];
  const headers = { ...context.headers, "x-vouch-limit": `${subject.type}:${name}` };
  if (name === "monthlyBudgetMicros") {
    const message =
      `The monthly budget of this ${whose} (${formatMicros(context.limit)}) does not cover this request: it may ` +
      `cost ${formatMicros(context.units)}. An administrator can raise it; the month ends at 00:00 UTC on the first.`;
    // Waiting a few seconds does not help: `x-should-retry` keeps OpenAI's clients from trying again by themselves.
    return new ApiError(
      429,
      { message, type: "insufficient_quota", code: "insufficient_quota" },
      { headers: { ...headers, "x-should-retry": "false" } },
    );
  }
  const detail = { type: name === "tokensPerMinute" ? "tokens" : "requests", code: "rate_limit_exceeded" };
  if (context.limit === 0) {
    const message = `This ${whose} may not use models: its limit is 0 ${sayLimit(name)}.`;
    return new ApiError(429, { message, ...detail }, { headers: { ...headers, "x-should-retry": "false" } });
  }
  if (context.units > context.limit) {
    const message =
      `This request is too large for the limit of this ${whose}: ${context.limit} ${sayLimit(name)}, and it asks for ` +
      `${context.units}. Shorten the prompt or lower the bound of the answer (max_tokens).`;
    return new ApiError(429, { message, ...detail }, { headers: { ...headers, "x-should-retry": "false" } });
  }
  const retryAfterMs = Math.max(
    1,
    Math.ceil(name === "concurrentStreams" ? SLOT_RETRY_MS : context.retryAfterMs),
  );
  const message =
    `Rate limit reached for this ${whose}: ${context.limit} ${sayLimit(name)}. ` +
    `Try again in ${(retryAfterMs / 1000).toFixed(1)} s.`;
  return new ApiError(
    429,
    { message, ...detail },
    {
      headers: {
        ...headers,
        "retry-after": String(Math.ceil(retryAfterMs / 1000)),
        "retry-after-ms": String(retryAfterMs),
      },
    },
  );
}

function sayLimit(name: Exclude<LimitName, "monthlyBudgetMicros">): string {
  if (name === "requestsPerMinute") return "requests per minute";
  return name === "tokensPerMinute" ? "tokens per minute" : "streams at the same time";
}

/** Millionths of the price table's currency as people write them; the currency itself is not known here. */
function formatMicros(micros: number): string {
  const units = micros / 1_000_000;
  return units >= 0.01 || units === 0 ? units.toFixed(2) : units.toFixed(6);
}

/** The refusal of a model without a price to somebody who has a budget: spending cannot be bounded. */
export function modelUnpriced(subject: LimitSubject, model: string): ApiError {
  const message =
    `The model \`${model}\` has no price, and this ${SUBJECT_NAMES[subject.type]} has a monthly budget, so its cost ` +
    `cannot be bounded. Set \`price\` for every target of the model in vouch.yaml.`;
  return new ApiError(ERROR_TABLE.model_unpriced.status, { message, param: "model", code: "model_unpriced" });
}

/** The refusal while the shared counters cannot be reached and money is at stake. */
export function limitsUnavailable(cause: unknown): ApiError {
  const message =
    "The limits of this request cannot be looked up at the moment, so it is not let through. Try again.";
  return new ApiError(
    503,
    { message, code: "unavailable" },
    { cause, headers: { "retry-after": String(UNAVAILABLE_RETRY_SECONDS) } },
  );
}
