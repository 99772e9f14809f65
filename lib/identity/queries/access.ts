import { and, eq, gt, inArray, isNull, or, sql } from "drizzle-orm";
import { apiKey, membership, user } from "../../../drizzle/schema/identity.ts";
import { withSystem } from "../../platform/db/index.ts";
import { hasRole, lowerRole } from "../roles.ts";
import type { Role } from "../schema.ts";
import type { SessionClaims } from "../session-token.ts";
import { findEndedSessions } from "./sessions.ts";

/** By what right somebody was let in. */
export interface GrantedAccess {
  readonly orgId: string;
  readonly userId: string;
  /** The role that was needed. */
  readonly role: Role;
  /** The session; null for keys. */
  readonly session: Pick<SessionClaims, "sessionId" | "sessionVersion"> | null;
  /** The key; null for sessions. */
  readonly apiKeyId: string | null;
}

/** Those of the given rights that have ended since. */
export function findEndedAccess(granted: readonly GrantedAccess[]): Promise<Set<GrantedAccess>> {
  const userIds = [...new Set(granted.map((access) => access.userId))];
  const keyIds = [...new Set(granted.flatMap((access) => access.apiKeyId ?? []))];
  const sessionIds = [...new Set(granted.flatMap((access) => access.session?.sessionId ?? []))];
  return withSystem(async (transaction) => {
    const people = await transaction
      .select({
        orgId: membership.orgId,
        userId: user.id,
        role: membership.role,
        sessionVersion: user.sessionVersion,
      })
      .from(membership)
      .innerJoin(user, eq(user.id, membership.userId))
      .where(and(inArray(user.id, userIds), isNull(user.disabledAt)));
    const keys =
      keyIds.length === 0
        ? []
        : await transaction
            .select({ id: apiKey.id, role: apiKey.role })
            .from(apiKey)
            .where(
              and(
                inArray(apiKey.id, keyIds),
                isNull(apiKey.revokedAt),
                or(isNull(apiKey.expiresAt), gt(apiKey.expiresAt, sql`now()`)),
              ),
            );
    const ended = await findEndedSessions(transaction, sessionIds);
    const personOf = new Map(people.map((person) => [`${person.orgId} ${person.userId}`, person]));
    const keyOf = new Map(keys.map((key) => [key.id, key]));
    const isOpen = (access: GrantedAccess) => {
      const person = personOf.get(`${access.orgId} ${access.userId}`);
      if (person === undefined) return false;
      if (access.apiKeyId === null) {
        const { session } = access;
        const isCurrent = session !== null && session.sessionVersion === person.sessionVersion;
        return isCurrent && !ended.has(session.sessionId) && hasRole(person.role, access.role);
      }
      const key = keyOf.get(access.apiKeyId);
      return key !== undefined && hasRole(lowerRole(key.role, person.role), access.role);
    };
    return new Set(granted.filter((access) => !isOpen(access)));
  });
}
