import { withTenant } from "../platform/db/index.ts";
import { listAuditEvents } from "./queries/audit-events.ts";
import { AUDIT_GENESIS_HASH, auditHash } from "./record-audit.ts";

const BATCH_ROWS = 500;

/** The end of a chain as it was seen earlier. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

/** What a check of the chain found. */
export type AuditVerdict =
  | { readonly ok: true; readonly count: number; readonly head: AuditHead | null }
  | {
      readonly ok: false;
      readonly count: number;
      readonly brokenAt: number;
      readonly reason: "gap" | "link" | "hash" | "tail";
    };

/**
 * Reads an organisation's whole audit chain and checks that no row is missing, altered or put in between.
 *
 * @param knownHead A head noted earlier outside the database: only with it can a cut tail be seen.
 */
export async function verifyAuditChain(orgId: string, knownHead?: AuditHead): Promise<AuditVerdict> {
  let sequence = 0;
  let previousHash = AUDIT_GENESIS_HASH;
  let isKnownHeadSeen = knownHead === undefined;
  for (;;) {
    const after = sequence;
    const rows = await withTenant(
      { orgId },
      (transaction) => listAuditEvents(transaction, orgId, after, BATCH_ROWS),
      { readOnly: true },
    );
    for (const row of rows) {
      const brokenAt = sequence + 1;
      if (row.sequence !== brokenAt) return { ok: false, count: sequence, brokenAt, reason: "gap" };
      if (row.previousHash !== previousHash) return { ok: false, count: sequence, brokenAt, reason: "link" };
      if (auditHash(row) !== row.hash) return { ok: false, count: sequence, brokenAt, reason: "hash" };
      sequence = row.sequence;
      previousHash = row.hash;
      if (sequence === knownHead?.sequence && row.hash === knownHead.hash) isKnownHeadSeen = true;
    }
    if (rows.length < BATCH_ROWS) break;
  }
  if (!isKnownHeadSeen) return { ok: false, count: sequence, brokenAt: sequence + 1, reason: "tail" };
  return { ok: true, count: sequence, head: sequence === 0 ? null : { sequence, hash: previousHash } };
}
