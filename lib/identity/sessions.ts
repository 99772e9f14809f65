import { type Transaction, withSystem } from "../platform/db/index.ts";
import { newId } from "../shared/ids.ts";
import { insertEndedSession } from "./queries/sessions.ts";
import { recordAudit } from "./record-audit.ts";
import { SESSION_SECONDS, type SessionClaims } from "./session-token.ts";

/**
 * How long an ended session is remembered: a copy of its cookie may have been renewed until the very end, and clocks
 * of several machines differ a little.
 */
const ENDED_SESSION_SECONDS = SESSION_SECONDS + 60 * 60;

/** Begins a session of somebody who has shown who they are, and writes it into the audit log. */
export async function startSession(
  transaction: Transaction,
  person: { readonly userId: string; readonly orgId: string; readonly sessionVersion: number },
  by: "password" | "guest",
): Promise<SessionClaims> {
  const sessionId = newId();
  await recordAudit(transaction, person, {
    action: "session.start",
    subjectType: "session",
    subjectId: sessionId,
    detail: { by },
  });
  return { sub: person.userId, orgId: person.orgId, sessionVersion: person.sessionVersion, sessionId };
}

/**
 * Ends one session before its cookie runs out; the person's other devices stay signed in. A session that is over
 * already ends nothing and leaves no trace.
 *
 * @param by What ended it: signing out, or signing in anew in the same browser.
 */
export function endSession(claims: SessionClaims, by: "sign_out" | "sign_in"): Promise<void> {
  return withSystem(async (transaction) => {
    if (!(await insertEndedSession(transaction, claims, ENDED_SESSION_SECONDS))) return;
    await recordAudit(
      transaction,
      { orgId: claims.orgId, userId: claims.sub },
      { action: "session.end", subjectType: "session", subjectId: claims.sessionId, detail: { by } },
    );
  });
}
