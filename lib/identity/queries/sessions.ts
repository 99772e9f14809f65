import { withSystem } from "../../platform/db/index.ts";
import type { SessionClaims } from "../session-token.ts";
import { updateAccount } from "./users.ts";

/** Ends a session before its cookie runs out. */
export function endSession(claims: SessionClaims): Promise<void> {
  return withSystem((transaction) => updateAccount(transaction, claims.sub, { endSessions: true }));
}
