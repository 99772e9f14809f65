import { withSystem } from "../platform/db/index.ts";
import { type AuditRow, findAuditRowsAbout } from "./queries/audit-events.ts";

/** One line of the audit log, without its place in the chain. */
export type AuditLine = Pick<AuditRow, "action" | "actorId" | "detail" | "createdAt">;

/** The latest lines of the audit log about one thing, newest first. */
export function findAuditLines(
  scope: { readonly orgId: string },
  subject: { readonly type: string; readonly id: string },
  limit: number,
): Promise<AuditLine[]> {
  return withSystem((transaction) => findAuditRowsAbout(transaction, scope.orgId, subject, limit));
}
