import { inArray, lt, type SQL, sql } from "drizzle-orm";
import { endedSession, user } from "../../../drizzle/schema/identity.ts";
import type { Transaction } from "../../platform/db/index.ts";
import type { SessionClaims } from "../session-token.ts";

/** True in SQL while nobody has signed out of the session; its version is compared apart from this. */
export function isNotEnded(sessionId: string): SQL {
  return sql`not exists (select from ${endedSession} where ${endedSession.id} = ${sessionId})`;
}

/**
 * Notes that a session is over, and forgets the notes whose cookies have run out.
 *
 * @param keepSeconds How long a copy of the cookie could still be presented.
 * @returns false when the session was over already.
 */
export async function insertEndedSession(
  transaction: Transaction,
  claims: SessionClaims,
  keepSeconds: number,
): Promise<boolean> {
  await transaction.delete(endedSession).where(lt(endedSession.expiresAt, sql`now()`));
  const rows = await transaction.execute(sql`
    insert into ${endedSession} (id, user_id, expires_at)
    select ${claims.sessionId}::uuid, ${user.id}, now() + make_interval(secs => ${keepSeconds})
    from ${user}
    where ${user.id} = ${claims.sub} and ${user.sessionVersion} = ${claims.sessionVersion}
    on conflict do nothing returning id`);
  return rows.length > 0;
}

/** Those of the sessions that were signed out of. */
export async function findEndedSessions(
  transaction: Transaction,
  sessionIds: readonly string[],
): Promise<Set<string>> {
  if (sessionIds.length === 0) return new Set();
  const rows = await transaction
    .select({ id: endedSession.id })
    .from(endedSession)
    .where(inArray(endedSession.id, [...sessionIds]));
  return new Set(rows.map(({ id }) => id));
}
