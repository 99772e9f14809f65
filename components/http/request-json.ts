import { z } from "zod";

const errorBodySchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), requestId: z.string().optional() }),
});

const CODE_OFFLINE = "offline";
const REQUEST_TIMEOUT_MS = 30_000;

/** A request that did not end well: the server's code and sentence, or `offline` when no answer came at all. */
export class RequestError extends Error {
  readonly code: string;
  readonly status: number;
  /** When another try makes sense, milliseconds since 1970; null when the server named no moment. */
  readonly retryAtMs: number | null;

  constructor(code: string, message: string, status: number, retryAtMs: number | null = null) {
    super(message);
    this.name = "RequestError";
    this.code = code;
    this.status = status;
    this.retryAtMs = retryAtMs;
  }
}

/** The error when no connection could be made. */
export function offlineError(): RequestError {
  return new RequestError(CODE_OFFLINE, "The server cannot be reached. Check your connection.", 0);
}

/** Reads the error body of a response that is not `ok`; never throws itself. */
export async function readRequestError(response: Response): Promise<RequestError> {
  const body: unknown = await response.json().catch(() => null);
  const parsed = errorBodySchema.safeParse(body);
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAtMs = seconds > 0 ? Date.now() + seconds * 1000 : null;
  if (parsed.success)
    return new RequestError(parsed.data.error.code, parsed.data.error.message, response.status, retryAtMs);
  return new RequestError("internal", "Something went wrong. Try again.", response.status);
}

/** The sentence to show for anything thrown. */
export function errorSentence(error: unknown): string {
  return error instanceof RequestError ? error.message : "Something went wrong. Try again.";
}

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON when present. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls our own API and parses the answer.
 *
 * @throws RequestError for refusals and lost connections; the abort reason when the signal fires.
 */
export async function requestJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  options: RequestOptions = {},
): Promise<z.output<Schema>> {
  const response = await send(path, options);
  return schema.parse(response.status === 204 ? null : await response.json());
}

/** Calls our own API when only success matters. */
export async function requestDone(path: string, options: RequestOptions = {}): Promise<void> {
  await send(path, options);
}

async function send(path: string, { method = "GET", body, signal }: RequestOptions): Promise<Response> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw offlineError();
  }
  if (!response.ok) throw await readRequestError(response);
  return response;
}
