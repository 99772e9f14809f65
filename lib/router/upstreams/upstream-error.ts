import { ApiError, toApiError } from "../http/api-error.ts";
import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";

/** What went wrong with an upstream, as it is counted. */
export type UpstreamFault =
  | "connect_failed"
  | "connect_timeout"
  | "first_token_timeout"
  | "idle_timeout"
  | "total_timeout"
  | "connection_cut"
  | "incomplete"
  | "bad_reply"
  | "diverged"
  | "refused"
  | "cancelled";

/** What an {@link UpstreamError} may carry beside its fault. */
export interface UpstreamErrorOptions {
  /** What the client is told. */
  readonly answer: ApiError;
  /** True when no byte of the request can have reached the upstream: asking again repeats nothing. */
  readonly isUnsent?: boolean;
  /** Status the upstream answered, when it answered. */
  readonly upstreamStatus?: number;
  readonly cause?: unknown;
}

/** A failed call to an upstream, with the answer a client gets when nothing better is left. */
export class UpstreamError extends Error {
  readonly fault: UpstreamFault;
  readonly answer: ApiError;
  readonly isUnsent: boolean;
  readonly upstreamStatus: number | undefined;

  constructor(fault: UpstreamFault, options: UpstreamErrorOptions) {
    super(options.answer.message, { cause: options.cause });
    this.name = "UpstreamError";
    this.fault = fault;
    this.answer = options.answer;
    this.isUnsent = options.isUnsent ?? false;
    this.upstreamStatus = options.upstreamStatus;
  }
}

const sentences: Record<
  Exclude<UpstreamFault, "refused">,
  readonly [status: number, code: string, text: string]
> = {
  connect_failed: [502, "upstream_unreachable", "could not be reached."],
  connect_timeout: [504, "upstream_timeout", "could not be reached in time."],
  first_token_timeout: [504, "upstream_timeout", "did not begin its answer in time."],
  idle_timeout: [504, "upstream_timeout", "went silent in the middle of its answer."],
  total_timeout: [504, "upstream_timeout", "did not finish its answer in time."],
  connection_cut: [502, "upstream_error", "broke the connection."],
  incomplete: [502, "upstream_error", "ended its answer before it was whole."],
  bad_reply: [502, "upstream_error", "sent something that is no answer."],
  diverged: [502, "upstream_error", "told the answer anew instead of going on with it."],
  cancelled: [499, "client_closed", "was told to stop: the client left."],
};

/** A fault the router itself noticed. */
export function upstreamFault(
  fault: Exclude<UpstreamFault, "refused">,
  upstream: string,
  options: { readonly cause?: unknown; readonly isUnsent?: boolean } = {},
): UpstreamError {
  const [status, code, text] = sentences[fault];
  const answer = new ApiError(status, {
    message: `The upstream ${upstream} ${text}`,
    type: "upstream_error",
    code,
  });
  return new UpstreamError(fault, { answer, ...options });
}

/** An error thrown inside this process by a built-in model. */
export function builtinFault(error: unknown): UpstreamError {
  const answer = toApiError(error);
  return new UpstreamError("refused", { answer, upstreamStatus: answer.status, cause: error });
}

/** Headers of a refusal that a client needs in order to come back at the right time. */
export type RetryHeaders = Readonly<Record<string, string>>;

/**
 * A status the upstream answered in place of an answer.
 *
 * What is about the request (400, 413, 422, 429 ...) is passed on with the upstream's own body. What is about our
 * account there (401, 403, 404) or its health (5xx) becomes a 502, 503 or 504 that does not quote the upstream.
 */
export function refusedByUpstream(
  upstream: string,
  status: number,
  body: string,
  headers: RetryHeaders,
): UpstreamError {
  const error = readErrorDetail(body);
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
export function statusOfErrorEvent(error: JsonObject): number {
  for (const value of [error.code, error.status, error.status_code]) {
    const status = Number(value);
    if (Number.isInteger(status) && status >= 400 && status <= 599) return status;
  }
  const words = `${String(error.code)} ${String(error.type)}`;
  if (/rate_?limit|too_many_requests|insufficient_quota/i.test(words)) return 429;
  if (/content_filter|invalid_request|context_length/i.test(words)) return 400;
  return 502;
}
