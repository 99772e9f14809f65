import { AppError } from "../../shared/errors.ts";
import { environment } from "../env.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** True for the verbs that change nothing. */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method.toUpperCase());
}

/** What the headers say about where a request came from. */
export type RequestOrigin = "own" | "foreign" | "unknown";

/**
 * Where a request came from. `Sec-Fetch-Site` decides when the browser sends it; otherwise `Origin` must name the
 * public address, or, when none is configured, the host the browser itself asked for. `unknown` means neither header
 * is there: a program, or a very old browser.
 */
export function requestOrigin(
  headers: Headers,
  publicUrl: string | undefined = environment().PUBLIC_URL,
): RequestOrigin {
  const fetchSite = headers.get("sec-fetch-site");
  if (fetchSite !== null) return fetchSite === "same-origin" ? "own" : "foreign";
  const origin = headers.get("origin");
  if (origin === null) return "unknown";
  // A sandboxed frame or a redirect across sites sends the word "null", which does not parse.
  if (!URL.canParse(origin)) return "foreign";
  if (publicUrl !== undefined) return new URL(publicUrl).origin === origin ? "own" : "foreign";
  return new URL(origin).host === headers.get("host") ? "own" : "foreign";
}

/**
 * Refuses a verb that changes something unless the browser proves that our own page sent it. Only for requests whose
 * credential is a cookie: nobody can make a browser send an API key.
 *
 * @throws AppError `cross_origin`.
 */
export function assertSameOrigin(request: { readonly method: string; readonly headers: Headers }): void {
  if (isSafeMethod(request.method)) return;
  if (requestOrigin(request.headers) !== "own") throw new AppError("cross_origin");
}
