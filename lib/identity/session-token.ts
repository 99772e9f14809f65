import { decode, encode, type JWT } from "next-auth/jwt";
import { z } from "zod";
import { environment } from "../platform/env.ts";
import { programSecret } from "../platform/secrets.ts";
import { idSchema } from "../shared/ids.ts";

/** How long a session lasts after its last renewal. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60;

/** What the session cookie carries: ids and the session version, nothing a person could want to hide or change. */
export const sessionClaimsSchema = z.object({
  sub: idSchema,
  orgId: idSchema,
  /** Compared with the user row on each request; raising the row's number ends all sessions. */
  sessionVersion: z.int(),
  sessionId: idSchema,
});
export type SessionClaims = z.infer<typeof sessionClaimsSchema>;

/** True when cookies travel over https only. */
export function usesSecureCookies(): boolean {
  return environment().PUBLIC_URL?.startsWith("https://") === true;
}

/** Name of the session cookie; `__Host-` binds it to this host and to https. */
export function sessionCookieName(): string {
  return usesSecureCookies() ? "__Host-vouch-session" : "vouch-session";
}

/** The secret next-auth encrypts session tokens with. */
export function sessionSecret(): string {
  return programSecret("next-auth-session").toString("base64url");
}

/** The claims of a session token, or null when it is forged, expired or of another kind. */
export async function decodeSessionToken(token: string): Promise<SessionClaims | null> {
  let payload: JWT | null;
  try {
    payload = await decode({ token, secret: sessionSecret() });
  } catch {
    // Whatever is wrong with a token somebody sent is not an event worth telling apart.
    return null;
  }
  const claims = sessionClaimsSchema.safeParse(payload);
  return claims.success ? claims.data : null;
}

/** A session token for the claims; next-auth makes the ones in cookies, tests and the command line make theirs here. */
export function encodeSessionToken(
  claims: SessionClaims,
  lifetimeSeconds: number = SESSION_SECONDS,
): Promise<string> {
  return encode({ token: { ...claims }, secret: sessionSecret(), maxAge: lifetimeSeconds });
}
