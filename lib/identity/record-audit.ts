import { createHash } from "node:crypto";
import type { Transaction } from "../platform/db/index.ts";
import { newId } from "../shared/ids.ts";
import { type AuditRow, findAuditHead, insertAuditEvents, lockAuditChain } from "./queries/audit-events.ts";

/** What the first row of a chain builds on. */
export const AUDIT_GENESIS_HASH = "0".repeat(64);

/** Who acted, and in which organisation. */
export interface AuditActor {
  readonly orgId: string;
  /** Null when the program itself acted. */
  readonly userId: string | null;
}

/** What was done: ids, numbers and names of fields, no secrets and no text of users. */
export interface AuditAction {
  /** Noun and verb: `api_key.create`. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string | null;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** SHA-256 over the hash before and every column of the row, in one fixed order and with sorted detail. */
export function auditHash(row: Omit<AuditRow, "hash">): string {
  const detail = Object.entries(row.detail).sort(([a], [b]) => (a < b ? -1 : 1));
  const canonical = JSON.stringify([
    row.id,
    row.orgId,
    row.sequence,
    row.actorId,
    row.action,
    row.subjectType,
    row.subjectId,
    detail,
    row.createdAt.toISOString(),
  ]);
  return createHash("sha256").update(row.previousHash).update(canonical).digest("hex");
}

/**
 * Adds a row to the organisation's audit chain inside the transaction of the deed itself, so that both happen or
 * neither. Later rows of the same organisation wait for this transaction, so keep it short.
 */
export function recordAudit(transaction: Transaction, actor: AuditActor, action: AuditAction): Promise<void> {
  return recordAudits(transaction, actor.orgId, [{ ...action, userId: actor.userId }]);
}

/** {@link recordAudit} for deeds of one organisation that share a transaction, in their order. */
export async function recordAudits(
  transaction: Transaction,
  orgId: string,
  deeds: readonly (AuditAction & Pick<AuditActor, "userId">)[],
): Promise<void> {
  if (deeds.length === 0) return;
  await lockAuditChain(transaction, orgId);
  const head = await findAuditHead(transaction, orgId);
  let last = { sequence: head?.sequence ?? 0, hash: head?.hash ?? AUDIT_GENESIS_HASH };
  const rows: AuditRow[] = [];
  for (const { userId, action, subjectType, subjectId, detail } of deeds) {
    const row = {
      id: newId(),
      orgId,
      sequence: last.sequence + 1,
      actorId: userId,
      action,
      subjectType,
      subjectId,
      detail: { ...detail },
      previousHash: last.hash,
      // Milliseconds from the program: the hash must be computable from what the database gives back.
      createdAt: new Date(),
    };
    last = { sequence: row.sequence, hash: auditHash(row) };
    rows.push({ ...row, hash: last.hash });
  }
  await insertAuditEvents(transaction, rows);
}
