import { and, eq, gt, isNull, or, type SQL, sql } from "drizzle-orm";
import { apiKey, membership, user } from "../../../drizzle/schema/identity.ts";
import { type Transaction, withSystem } from "../../platform/db/index.ts";
import { lowerRole } from "../roles.ts";
import type { Principal } from "../schema.ts";
import type { SessionClaims } from "../session-token.ts";
import { isNotEnded } from "./sessions.ts";

const personColumns = {
  orgId: membership.orgId,
  userId: user.id,
  name: user.name,
  email: user.email,
  role: membership.role,
  isGuest: user.isGuest,
};

/** The person, as long as the account is open and a member of the organisation. */
async function findPerson(transaction: Transaction, orgId: string, userId: string, condition?: SQL) {
  const [row] = await transaction
    .select(personColumns)
    .from(membership)
    .innerJoin(user, eq(user.id, membership.userId))
    .where(
      and(eq(membership.orgId, orgId), eq(membership.userId, userId), isNull(user.disabledAt), condition),
    );
  return row;
}

/** The principal of a session that nobody signed out of and whose version still is the user's. */
export function findPrincipalBySession(claims: SessionClaims): Promise<Principal | null> {
  return withSystem(async (transaction) => {
    const isCurrent = and(eq(user.sessionVersion, claims.sessionVersion), isNotEnded(claims.sessionId));
    const person = await findPerson(transaction, claims.orgId, claims.sub, isCurrent);
    return person === undefined ? null : { ...person, via: "session", scopes: [] };
  });
}

/** The principal a member would have with a session; for work the program does in somebody's name. */
export function findPrincipalOfMember(orgId: string, userId: string): Promise<Principal | null> {
  return withSystem(async (transaction) => {
    const person = await findPerson(transaction, orgId, userId);
    return person === undefined ? null : { ...person, via: "session", scopes: [] };
  });
}

/** The principal of a key that is neither revoked nor expired; its role is the lower of the key's and its owner's. */
export function findPrincipalByKeyHash(hash: string): Promise<Principal | null> {
  return withSystem(async (transaction) => {
    const [row] = await transaction
      .select({
        ...personColumns,
        keyId: apiKey.id,
        keyRole: apiKey.role,
        scopes: apiKey.scopes,
        isUseStale: sql<boolean>`${apiKey.lastUsedAt} is null or ${apiKey.lastUsedAt} < now() - interval '1 minute'`,
      })
      .from(apiKey)
      .innerJoin(membership, and(eq(membership.orgId, apiKey.orgId), eq(membership.userId, apiKey.userId)))
      .innerJoin(user, eq(user.id, apiKey.userId))
      .where(
        and(
          eq(apiKey.hash, hash),
          isNull(apiKey.revokedAt),
          or(isNull(apiKey.expiresAt), gt(apiKey.expiresAt, sql`now()`)),
          isNull(user.disabledAt),
        ),
      );
    if (row === undefined) return null;
    const { keyId, keyRole, scopes, isUseStale, ...person } = row;
    // Once a minute is enough to see which keys are in use, and spares a write per request.
    if (isUseStale) {
      await transaction.update(apiKey).set({ lastUsedAt: sql`now()` }).where(eq(apiKey.id, keyId));
    }
    return { ...person, role: lowerRole(keyRole, person.role), via: "key", scopes, apiKeyId: keyId };
  });
}
