import { and, desc, eq, gt, isNull, or, sql } from "drizzle-orm";
import { conversation, share } from "../../../drizzle/schema/chat.ts";
import type { Transaction } from "../../platform/db/index.ts";
import type { StoredSnapshot } from "../schema.ts";
import type { OwnerScope } from "./conversations.ts";

export async function insertShare(
  transaction: Transaction,
  scope: OwnerScope,
  row: {
    id: string;
    conversationId: string;
    tokenHash: string;
    snapshot: StoredSnapshot;
    includesSources: boolean;
    expiresAt: Date | null;
  },
): Promise<void> {
  await transaction
    .insert(share)
    .values({ ...row, orgId: scope.orgId, createdBy: scope.userId, mode: "snapshot" });
}

/** The links a person made, newest first; of one conversation when named. */
export function listShares(transaction: Transaction, scope: OwnerScope, conversationId?: string) {
  return transaction
    .select({
      id: share.id,
      conversationId: share.conversationId,
      title: conversation.title,
      mode: share.mode,
      includesSources: share.includesSources,
      expiresAt: share.expiresAt,
      revokedAt: share.revokedAt,
      createdAt: share.createdAt,
    })
    .from(share)
    .innerJoin(
      conversation,
      and(eq(conversation.orgId, share.orgId), eq(conversation.id, share.conversationId)),
    )
    .where(
      and(
        eq(share.orgId, scope.orgId),
        eq(share.createdBy, scope.userId),
        conversationId === undefined ? undefined : eq(share.conversationId, conversationId),
      ),
    )
    .orderBy(desc(share.createdAt));
}

/** Revokes a link of its maker: `missing` when there is none, `ended` when it was revoked before. */
export async function revokeShareRow(
  transaction: Transaction,
  scope: OwnerScope,
  shareId: string,
): Promise<"revoked" | "ended" | "missing"> {
  const isOwn = and(eq(share.orgId, scope.orgId), eq(share.createdBy, scope.userId), eq(share.id, shareId));
  const rows = await transaction
    .update(share)
    .set({ revokedAt: sql`now()` })
    .where(and(isOwn, isNull(share.revokedAt)))
    .returning({ id: share.id });
  if (rows.length > 0) return "revoked";
  const known = await transaction.select({ id: share.id }).from(share).where(isOwn);
  return known.length > 0 ? "ended" : "missing";
}

/** What stands behind a link, and who made it. */
export interface LiveShare {
  readonly orgId: string;
  readonly createdBy: string;
  readonly conversationId: string;
  readonly snapshot: unknown;
}

/** What stands behind a token's hash while the link lives. Crosses organisations: the token is the permission. */
export async function findLiveShare(
  transaction: Transaction,
  tokenHash: string,
): Promise<LiveShare | undefined> {
  const [row] = await transaction
    .select({
      orgId: share.orgId,
      createdBy: share.createdBy,
      conversationId: share.conversationId,
      snapshot: share.snapshot,
    })
    .from(share)
    .where(
      and(
        eq(share.tokenHash, tokenHash),
        isNull(share.revokedAt),
        or(isNull(share.expiresAt), gt(share.expiresAt, sql`now()`)),
      ),
    );
  return row;
}
