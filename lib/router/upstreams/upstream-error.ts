import { ApiError, toApiError } from "../http/api-error.ts";

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
