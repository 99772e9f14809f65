import { and, eq, gt, isNull, or, type SQL, sql } from "drizzle-orm";
import { apiKey, membership, user } from "../../../drizzle/schema/identity.ts";
import { readSystem, withSystem } from "../../platform/db/index.ts";
import { lowerRole } from "../roles.ts";
import type { Principal, Role, Scope } from "../schema.ts";
import type { SessionClaims } from "../session-token.ts";
import { isNotEnded } from "./sessions.ts";

/** A person as member of an organisation. */
type Person = Pick<Principal, "orgId" | "userId" | "name" | "email" | "role" | "isGuest">;

const personColumns = sql`${membership.orgId} as "orgId", ${user.id} as "userId", ${user.name} as name,
  ${user.email} as email, ${membership.role} as role, ${user.isGuest} as "isGuest"`;

/** The person, as long as the account is open and a member of the organisation. Every request asks: one round trip. */
async function findPerson(orgId: string, userId: string, condition?: SQL): Promise<Person | undefined> {
  const isMember = and(
    eq(membership.orgId, orgId),
    eq(membership.userId, userId),
    isNull(user.disabledAt),
    condition,
  );
  const [row] = await readSystem<Person>(
    sql`select ${personColumns} from ${membership} join ${user} on ${user.id} = ${membership.userId} where ${isMember}`,
  );
  return row;
}

/** The principal of a session that nobody signed out of and whose version still is the user's. */
export async function findPrincipalBySession(claims: SessionClaims): Promise<Principal | null> {
  const isCurrent = and(eq(user.sessionVersion, claims.sessionVersion), isNotEnded(claims.sessionId));
  const person = await findPerson(claims.orgId, claims.sub, isCurrent);
  return person === undefined ? null : { ...person, via: "session", scopes: [] };
}

/** The principal a member would have with a session; for work the program does in somebody's name. */
export async function findPrincipalOfMember(orgId: string, userId: string): Promise<Principal | null> {
  const person = await findPerson(orgId, userId);
  return person === undefined ? null : { ...person, via: "session", scopes: [] };
}

interface KeyRow extends Person {
  readonly keyId: string;
  readonly keyRole: Role;
  readonly scopes: Scope[];
  readonly isUseStale: boolean;
}

/** The principal of a key that is neither revoked nor expired; its role is the lower of the key's and its owner's. */
export async function findPrincipalByKeyHash(hash: string): Promise<Principal | null> {
  const isGood = and(
    eq(apiKey.hash, hash),
    isNull(apiKey.revokedAt),
    or(isNull(apiKey.expiresAt), gt(apiKey.expiresAt, sql`now()`)),
    isNull(user.disabledAt),
  );
  const [row] = await readSystem<KeyRow>(sql`
    select ${personColumns}, ${apiKey.id} as "keyId", ${apiKey.role} as "keyRole", ${apiKey.scopes} as scopes,
      ${apiKey.lastUsedAt} is null or ${apiKey.lastUsedAt} < now() - interval '1 minute' as "isUseStale"
    from ${apiKey}
    join ${membership} on ${membership.orgId} = ${apiKey.orgId} and ${membership.userId} = ${apiKey.userId}
    join ${user} on ${user.id} = ${apiKey.userId}
    where ${isGood}`);
  if (row === undefined) return null;
  const { keyId, keyRole, scopes, isUseStale, ...person } = row;
  // Once a minute is enough to see which keys are in use, and spares a write per request.
  if (isUseStale) {
    await withSystem((transaction) =>
      transaction.update(apiKey).set({ lastUsedAt: sql`now()` }).where(eq(apiKey.id, keyId)),
    );
  }
  return { ...person, role: lowerRole(keyRole, person.role), via: "key", scopes, apiKeyId: keyId };
}
