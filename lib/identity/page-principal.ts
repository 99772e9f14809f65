import { findPrincipalBySession } from "./queries/principals.ts";
import type { Principal } from "./schema.ts";
import { decodeSessionToken, sessionCookieName } from "./session-token.ts";

/**
 * Who reads a page, by the session cookie; for server components.
 *
 * Next is imported on the first call, so that processes without Next can load this folder.
 */
export async function findPagePrincipal(): Promise<Principal | null> {
  const { cookies } = await import("next/headers.js");
  const token = (await cookies()).get(sessionCookieName())?.value;
  if (token === undefined || token === "") return null;
  const claims = await decodeSessionToken(token);
  return claims === null ? null : findPrincipalBySession(claims);
}

/**
 * As {@link findPagePrincipal}, but sends a reader without a session to the sign-in page.
 *
 * @param returnPath Path of our own to come back to afterwards.
 */
export async function requirePagePrincipal(returnPath = "/"): Promise<Principal> {
  const principal = await findPagePrincipal();
  if (principal !== null) return principal;
  const { redirect } = await import("next/navigation.js");
  return redirect(`/sign-in?callbackUrl=${encodeURIComponent(returnPath)}`);
}
