/** The part of `fetch` that these calls use. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** How a small text is fetched. */
export interface FetchTextOptions {
  readonly fetch: Fetch;
  /** For the whole exchange, milliseconds. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Ends the exchange early. */
  readonly signal: AbortSignal;
}

/** A whole answer of a small text. */
export interface FetchedText {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Fetches a small text: tokens, figures, lists; not for answers of models. Redirects are refused, since they would
 * carry what the request proves to an address nobody configured.
 *
 * @throws TypeError when the other side cannot be reached, RangeError when the text is too large, a DOMException
 *   `TimeoutError` or `AbortError` when it is ended early.
 */
export async function fetchText(
  url: URL,
  init: Omit<RequestInit, "signal" | "redirect">,
  { fetch, timeoutMs, maxBytes, signal }: FetchTextOptions,
): Promise<FetchedText> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const response = await fetch(url, { ...init, redirect: "error", signal: ending });
  const { status, headers, body } = response;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    size += piece.length;
    // Leaving the loop cancels the body, which closes the connection.
    if (size > maxBytes) throw new RangeError(`the text is larger than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return { status, headers, text: Buffer.concat(pieces, size).toString("utf8") };
}
