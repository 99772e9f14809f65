import { ApiError } from "../http/api-error.ts";
import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import { UpstreamError } from "./upstream-error.ts";

/** Headers of a refusal that a client needs in order to come back at the right time. */
export type RetryHeaders = Readonly<Record<string, string>>;

/**
 * A status the upstream answered in place of an answer.
 *
 * What is about the request (400, 413, 422, 429 ...) is passed on with the upstream's own body. What is about our
 * account there (401, 403, 404, a quota that is spent) or its health (5xx) becomes a 502, 503 or 504 that does not quote the upstream.
 */
export function refusedByUpstream(
  upstream: string,
  status: number,
  body: string,
  headers: RetryHeaders,
): UpstreamError {
  const error = readErrorDetail(withoutAccountDetails(body));
  const tell = (answer: ApiError) => new UpstreamError("refused", { answer, upstreamStatus: status });
  const own = (to: number, code: string, text: string) =>
    tell(
      new ApiError(
        to,
        { message: `The upstream ${upstream} ${text}`, type: "upstream_error", code },
        { headers },
      ),
    );
  if (status === 401 || status === 403) {
    return own(502, "upstream_auth_failed", "refused the router's credentials.");
  }
  if (status === 404) return own(502, "upstream_model_missing", "does not know the model or deployment.");
  if (status === 408 || status === 504) return own(504, "upstream_timeout", "did not answer in time.");
  if (status === 503 || status === 529) return own(503, "upstream_overloaded", "is overloaded.");
  if (status < 400 || status >= 500) return own(502, "upstream_error", `answered with status ${status}.`);
  if (error?.code === "insufficient_quota" || error?.type === "insufficient_quota") {
    return own(503, "upstream_quota_spent", "has no quota left for the router.");
  }
  const message =
    typeof error?.message === "string" ? error.message : `The upstream ${upstream} answered ${status}.`;
  const text = (key: string) => (typeof error?.[key] === "string" ? { [key]: error[key] } : {});
  return tell(
    new ApiError(
      status,
      { message, ...text("type"), ...text("param"), ...text("code") },
      { headers, body: error === undefined ? undefined : JSON.stringify({ error }) },
    ),
  );
}

/**
 * An error that an upstream sent as an event of a stream it had begun: judged as a refusal of the status it stands
 * for.
 */
export function refusedInStream(upstream: string, error: JsonObject): UpstreamError {
  const status = statusOfErrorEvent(error);
  if (status < 500) return refusedByUpstream(upstream, status, JSON.stringify({ error }), {});
  const answer = new ApiError(status, {
    message: `The upstream ${upstream} failed while it answered.`,
    type: "upstream_error",
    code: "upstream_error",
  });
  return new UpstreamError("refused", { answer, upstreamStatus: status });
}

/** Names of our account, and credentials, as hosted models write them into their messages. */
const ACCOUNT_DETAILS =
  /\b(?:org|proj|user)[-_][A-Za-z0-9]{8,}|\bsk-[A-Za-z0-9_*-]{6,}|\bBearer\s+[A-Za-z0-9._~+/-]{8,}/g;

/** The rest of such a message is of use to the client: which limit, for how long. */
function withoutAccountDetails(body: string): string {
  return body.replace(ACCOUNT_DETAILS, "***");
}

/** The error object in a body of OpenAI's, vLLM's older or FastAPI's form. */
function readErrorDetail(body: string): JsonObject | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // A proxy's page of HTML: nothing in it is for the client.
    return undefined;
  }
  if (!isJsonObject(parsed)) return undefined;
  if (isJsonObject(parsed.error) && typeof parsed.error.message === "string") return parsed.error;
  const message = [parsed.message, parsed.detail, parsed.error].find((value) => typeof value === "string");
  if (message === undefined) return undefined;
  return { message, type: "invalid_request_error", param: null, code: null };
}

/** Status that an error event inside a stream stands for: 502 unless it names a better one. */
function statusOfErrorEvent(error: JsonObject): number {
  for (const value of [error.code, error.status, error.status_code]) {
    const status = Number(value);
    if (Number.isInteger(status) && status >= 400 && status <= 599) return status;
  }
  const words = `${String(error.code)} ${String(error.type)}`;
  if (/rate_?limit|too_many_requests|insufficient_quota/i.test(words)) return 429;
  if (/content_filter|invalid_request|context_length/i.test(words)) return 400;
  return 502;
}
