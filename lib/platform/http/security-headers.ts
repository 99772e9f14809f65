import { environment } from "../env.ts";

/** Headers of every answer of the API: no sniffing, no referrer, no shared or private cache, no framing. */
export function securityHeaders(): Record<string, string> {
  return {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
}

/** Headers of every answer that is never a page: {@link securityHeaders}, and what holds for the connection. */
export function apiSecurityHeaders(): Record<string, string> {
  return { ...securityHeaders(), ...transportHeaders() };
}

/** Browsers that came by https once come by https only. */
export function transportHeaders(): Record<string, string> {
  const isHttps = environment().PUBLIC_URL?.startsWith("https:") === true;
  return isHttps ? { "strict-transport-security": "max-age=31536000; includeSubDomains" } : {};
}

/** The response with the given headers added where it has none of its own. */
export function withHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  const merged = new Headers(response.headers);
  for (const [name, value] of Object.entries(headers)) {
    if (!merged.has(name)) merged.set(name, value);
  }
  // A response made by `fetch` or `Response.redirect` has immutable headers, so a new one is made.
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers: merged,
  });
}
