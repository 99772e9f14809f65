import { createHash } from "node:crypto";
import type { Transaction } from "../platform/db/index.ts";
import { newId } from "../shared/ids.ts";
import { type AuditRow, findAuditHead, insertAuditEvent, lockAuditChain } from "./queries/audit-events.ts";

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
export async function recordAudit(
  transaction: Transaction,
  actor: AuditActor,
  action: AuditAction,
): Promise<void> {
  await lockAuditChain(transaction, actor.orgId);
  const head = await findAuditHead(transaction, actor.orgId);
  const row = {
    id: newId(),
    orgId: actor.orgId,
    sequence: (head?.sequence ?? 0) + 1,
    actorId: actor.userId,
    action: action.action,
    subjectType: action.subjectType,
    subjectId: action.subjectId,
    detail: { ...action.detail },
    previousHash: head?.hash ?? AUDIT_GENESIS_HASH,
    // Milliseconds from the program: the hash must be computable from what the database gives back.
    createdAt: new Date(),
  };
  await insertAuditEvent(transaction, { ...row, hash: auditHash(row) });
}
