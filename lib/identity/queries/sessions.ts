import { withSystem } from "../../platform/db/index.ts";
import type { SessionClaims } from "../session-token.ts";
import { isSessionVersion, updateAccount } from "./users.ts";

/**
 * Ends a session before its cookie runs out, and with it the user's other ones. A session that is over already ends
 * nothing: an old copied cookie must not be able to sign its owner out again and again.
 */
export function endSession(claims: SessionClaims): Promise<void> {
  return withSystem(async (transaction) => {
    const isCurrent = await isSessionVersion(transaction, claims.sub, claims.sessionVersion);
    if (isCurrent) await updateAccount(transaction, claims.sub, { endSessions: true });
  });
}
