import { AppError } from "../shared/errors.ts";
import { hashApiKey, isApiKey } from "./api-key-format.ts";
import { KeyCheck } from "./key-check.ts";
import { findPrincipalByKeyHash, findPrincipalBySession } from "./queries/principals.ts";
import { type HeaderSource, headerValue, readCredential } from "./read-credential.ts";
import type { Principal } from "./schema.ts";
import { decodeSessionToken, type SessionClaims, sessionCookieName } from "./session-token.ts";
import { PRINCIPAL_HEADER, verifySignedPrincipal } from "./signed-principal.ts";

async function loadByKey(key: string): Promise<Principal> {
  // The checksum keeps typing errors and random probes away from the database.
  return known(isApiKey(key) ? await findPrincipalByKeyHash(hashApiKey(key)) : null);
}

function known(principal: Principal | null): Principal {
  if (principal === null) throw new AppError("invalid_api_key");
  return principal;
}

const keyCheck = new KeyCheck();

/** A principal with what its session was checked by. */
export interface LoadedPrincipal {
  readonly principal: Principal;
  /** Null for keys. */
  readonly session: SessionClaims | null;
}

/** As {@link findPrincipalByHeaders}, with the session. */
export async function loadPrincipal(headers: HeaderSource): Promise<LoadedPrincipal | null> {
  const credential = readCredential(headers, sessionCookieName());
  if (credential === null) return null;
  if (credential.kind === "key") return { principal: await loadByKey(credential.key), session: null };
  const claims = await decodeSessionToken(credential.token);
  const principal = claims === null ? null : await findPrincipalBySession(claims);
  return claims === null || principal === null ? null : { principal, session: claims };
}

/**
 * The one loader for pages and the API: who sent these headers, by API key or session cookie, checked against the
 * database now, so that a changed role, a disabled account or a revoked key acts on the next request.
 *
 * @returns null when there is no credential or the session is over.
 * @throws AppError `invalid_api_key` when a key is presented that is not good; the cookie does not help then.
 */
export async function findPrincipalByHeaders(headers: HeaderSource): Promise<Principal | null> {
  return (await loadPrincipal(headers))?.principal ?? null;
}

/**
 * The loader for programs, used by the router under `/v1`: an API key, or a principal signed by our own web role.
 * Cookies are not looked at there, so no page elsewhere can make a browser spend somebody's budget. What is known of a
 * key may be two seconds old (see {@link KeyCheck}).
 *
 * @returns without a promise what is remembered, so that the hot path of the router does not wait.
 * @throws AppError `not_signed_in` without a credential, `invalid_api_key` with a bad one.
 */
export function loadProgramPrincipal(headers: HeaderSource): Principal | Promise<Principal> {
  const signed = headerValue(headers, PRINCIPAL_HEADER);
  if (signed !== undefined) {
    const verified = verifySignedPrincipal(signed);
    if (verified === null) throw new AppError("invalid_api_key");
    return verified.principal;
  }
  const credential = readCredential(headers, undefined);
  if (credential?.kind !== "key") {
    throw new AppError("not_signed_in", { message: "Send an API key as Authorization: Bearer vch_..." });
  }
  const found = isApiKey(credential.key) ? keyCheck.find(hashApiKey(credential.key)) : null;
  return found instanceof Promise ? found.then(known) : known(found);
}
