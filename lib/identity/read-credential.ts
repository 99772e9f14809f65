import { AppError } from "../shared/errors.ts";

/** Headers of a request, as a web `Headers` or as node:http gives them. */
export type HeaderSource = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a request presents as proof of who sent it. */
export type Credential =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "session"; readonly token: string };

/** One header, or undefined; repeated ones are joined as HTTP does. */
export function headerValue(headers: HeaderSource, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const value = headers[name];
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : value.join(", ");
}

/** The value of one cookie. The first wins, as browsers send the most specific path first. */
export function cookieValue(cookieHeader: string | undefined, name: string): string | undefined {
  for (const pair of (cookieHeader ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** API keys in every header clients use: OpenAI sends Authorization, Azure `api-key`, others `x-api-key`. */
function presentedKeys(headers: HeaderSource): Set<string> {
  const keys = new Set<string>();
  const bearer = /^bearer(?:\s+(.*))?$/i.exec(headerValue(headers, "authorization")?.trim() ?? "");
  if (bearer !== null) keys.add((bearer[1] ?? "").trim());
  for (const name of ["x-api-key", "api-key"]) {
    const value = headerValue(headers, name);
    if (value !== undefined) keys.add(value.trim());
  }
  return keys;
}

/**
 * Takes the one credential out of the headers; every policy starts from it. A presented key decides alone: the cookie
 * is not looked at, so rights never add up. The query string is never read: it ends up in logs.
 *
 * @param sessionCookieName Undefined where cookies are not accepted at all.
 * @throws AppError `invalid_api_key` when several different keys are presented.
 */
export function readCredential(
  headers: HeaderSource,
  sessionCookieName: string | undefined,
): Credential | null {
  const keys = presentedKeys(headers);
  if (keys.size > 1) throw new AppError("invalid_api_key");
  const [key] = keys;
  if (key !== undefined) return { kind: "key", key };
  if (sessionCookieName === undefined) return null;
  const token = cookieValue(headerValue(headers, "cookie"), sessionCookieName);
  return token === undefined || token === "" ? null : { kind: "session", token };
}
