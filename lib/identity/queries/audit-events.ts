import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import { auditEvent } from "../../../drizzle/schema/identity.ts";
import type { Transaction } from "../../platform/db/index.ts";

/** A row of the audit log. */
export type AuditRow = typeof auditEvent.$inferSelect;

/** First half of the advisory lock's key; the second is the organisation. */
const AUDIT_LOCK = 7_301_985;

/** Lets one transaction at a time extend the organisation's chain; released when the transaction ends. */
export async function lockAuditChain(transaction: Transaction, orgId: string): Promise<void> {
  await transaction.execute(sql`select pg_advisory_xact_lock(${AUDIT_LOCK}, hashtext(${orgId}))`);
}

/** The newest row's place and hash. */
export async function findAuditHead(
  transaction: Transaction,
  orgId: string,
): Promise<{ sequence: number; hash: string } | null> {
  const [row] = await transaction
    .select({ sequence: auditEvent.sequence, hash: auditEvent.hash })
    .from(auditEvent)
    .where(eq(auditEvent.orgId, orgId))
    .orderBy(desc(auditEvent.sequence))
    .limit(1);
  return row ?? null;
}

/** Adds finished rows. */
export async function insertAuditEvents(transaction: Transaction, rows: readonly AuditRow[]): Promise<void> {
  await transaction.insert(auditEvent).values([...rows]);
}

/** The next rows of the chain after a sequence number. */
export function listAuditEvents(
  transaction: Transaction,
  orgId: string,
  afterSequence: number,
  limit: number,
): Promise<AuditRow[]> {
  return transaction
    .select()
    .from(auditEvent)
    .where(and(eq(auditEvent.orgId, orgId), gt(auditEvent.sequence, afterSequence)))
    .orderBy(asc(auditEvent.sequence))
    .limit(limit);
}

/** The latest rows about one thing, newest first. */
export function findAuditRowsAbout(
  transaction: Transaction,
  orgId: string,
  subject: { readonly type: string; readonly id: string },
  limit: number,
): Promise<Pick<AuditRow, "action" | "actorId" | "detail" | "createdAt">[]> {
  const { action, actorId, detail, createdAt, subjectType, subjectId, sequence } = auditEvent;
  return transaction
    .select({ action, actorId, detail, createdAt })
    .from(auditEvent)
    .where(and(eq(auditEvent.orgId, orgId), eq(subjectType, subject.type), eq(subjectId, subject.id)))
    .orderBy(desc(sequence))
    .limit(limit);
}
