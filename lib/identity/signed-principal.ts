import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { programSecret } from "../platform/secrets.ts";
import { type Principal, principalSchema } from "./schema.ts";

/** Header that carries a signed principal from the web role to the router. */
export const PRINCIPAL_HEADER = "x-vouch-principal";

const LIFETIME_SECONDS = 60;
/** Two machines' clocks may differ by this much. */
const CLOCK_SKEW_SECONDS = 10;
/** Bound into the signature, so that nothing else signed with a related secret can pass for it. */
const PURPOSE = "vouch-signed-principal-v1";

const payloadSchema = z.strictObject({
  principal: principalSchema,
  requestId: z.string().max(64),
  expiresAtSeconds: z.int(),
});

/** The clock and the secret. */
export interface SignedPrincipalDependencies {
  readonly nowMs: () => number;
  readonly secret: () => Buffer;
}

const defaultDependencies: SignedPrincipalDependencies = {
  nowMs: Date.now,
  secret: () => programSecret("signed-principal"),
};

function signature(payload: string, secret: Buffer): Buffer {
  return createHmac("sha256", secret).update(`${PURPOSE}.${payload}`).digest();
}

/** A token that names the principal to another role of this program for 60 seconds: base64url JSON, a dot, HMAC-SHA256. */
export function signPrincipal(
  principal: Principal,
  { requestId }: { readonly requestId: string },
  dependencies: SignedPrincipalDependencies = defaultDependencies,
): string {
  const expiresAtSeconds = Math.floor(dependencies.nowMs() / 1000) + LIFETIME_SECONDS;
  const payload = Buffer.from(JSON.stringify({ principal, requestId, expiresAtSeconds })).toString(
    "base64url",
  );
  return `${payload}.${signature(payload, dependencies.secret()).toString("base64url")}`;
}

/** What a token says, or null when it is forged, altered, expired or not of this kind. */
export function verifySignedPrincipal(
  token: string,
  dependencies: SignedPrincipalDependencies = defaultDependencies,
): { principal: Principal; requestId: string } | null {
  const [payload, mac, ...rest] = token.split(".");
  if (payload === undefined || mac === undefined || rest.length > 0) return null;
  const expected = signature(payload, dependencies.secret());
  const presented = Buffer.from(mac, "base64url");
  if (presented.length !== expected.length || !timingSafeEqual(presented, expected)) return null;
  const parsed = payloadSchema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  if (!parsed.success) return null;
  const remainingSeconds = parsed.data.expiresAtSeconds - dependencies.nowMs() / 1000;
  if (remainingSeconds <= 0 || remainingSeconds > LIFETIME_SECONDS + CLOCK_SKEW_SECONDS) return null;
  return { principal: parsed.data.principal, requestId: parsed.data.requestId };
}
