import { and, asc, eq, sql } from "drizzle-orm";
import { citation, message } from "../../../drizzle/schema/chat.ts";
import type { Transaction } from "../../platform/db/index.ts";
import { newId } from "../../shared/ids.ts";
import type { CitationData } from "../schema.ts";
import type { OwnerScope } from "./conversations.ts";

export async function insertMessage(
  transaction: Transaction,
  scope: OwnerScope,
  row: {
    id: string;
    conversationId: string;
    parentId: string | null;
    role: "user" | "assistant";
    parts: unknown[];
  },
): Promise<void> {
  await transaction.insert(message).values({ ...row, orgId: scope.orgId });
}

/** Every message of a conversation whose owner was checked before, oldest first. */
export function listMessages(transaction: Transaction, scope: OwnerScope, conversationId: string) {
  return transaction
    .select({
      id: message.id,
      parentId: message.parentId,
      role: message.role,
      parts: message.parts,
      createdAt: message.createdAt,
    })
    .from(message)
    .where(and(eq(message.orgId, scope.orgId), eq(message.conversationId, conversationId)))
    .orderBy(asc(message.createdAt), asc(message.id));
}

export async function findParentId(
  transaction: Transaction,
  scope: { orgId: string },
  messageId: string,
): Promise<string | null> {
  const [row] = await transaction
    .select({ parentId: message.parentId })
    .from(message)
    .where(and(eq(message.orgId, scope.orgId), eq(message.id, messageId)));
  return row?.parentId ?? null;
}

export async function updateMessageParts(
  transaction: Transaction,
  scope: { orgId: string },
  messageId: string,
  parts: unknown[],
): Promise<void> {
  await transaction
    .update(message)
    .set({ parts })
    .where(and(eq(message.orgId, scope.orgId), eq(message.id, messageId)));
}

/** Stores the citations of a message; storing them twice changes nothing. */
export async function insertCitations(
  transaction: Transaction,
  scope: { orgId: string },
  messageId: string,
  citations: readonly CitationData[],
): Promise<void> {
  if (citations.length === 0) return;
  await transaction
    .insert(citation)
    .values(
      citations.map((data) => ({
        id: data.id ?? newId(),
        orgId: scope.orgId,
        messageId,
        marker: data.marker,
        documentId: data.documentId,
        versionId: data.versionId,
        page: data.page,
        start: data.start,
        end: data.end,
        quote: data.quote,
        verdict: data.verdict,
        score: data.score,
      })),
    )
    .onConflictDoNothing({ target: [citation.messageId, citation.marker] });
}

/** The citations of a conversation whose owner was checked before, as far as their words go. */
export function listCitations(transaction: Transaction, scope: OwnerScope, conversationId: string) {
  return transaction
    .select({
      messageId: citation.messageId,
      marker: citation.marker,
      documentId: citation.documentId,
      versionId: citation.versionId,
      start: citation.start,
      quote: citation.quote,
    })
    .from(citation)
    .innerJoin(message, and(eq(message.orgId, citation.orgId), eq(message.id, citation.messageId)))
    .where(and(eq(citation.orgId, scope.orgId), eq(message.conversationId, conversationId)))
    .orderBy(asc(message.createdAt), asc(citation.marker));
}

/** The newest message below a message: following the tree down from it, newest child first. */
export async function findNewestLeaf(
  transaction: Transaction,
  scope: OwnerScope,
  messageId: string,
): Promise<string | undefined> {
  const rows = await transaction.execute<{ id: string }>(sql`
    with recursive branch as (
      select id, created_at, 0 as depth from message where org_id = ${scope.orgId} and id = ${messageId}
      union all
      select child.id, child.created_at, branch.depth + 1
      from branch
      cross join lateral (
        select id, created_at from message
        where org_id = ${scope.orgId} and parent_id = branch.id
        order by created_at desc, id desc limit 1
      ) child
    )
    select id from branch order by depth desc limit 1`);
  return rows[0]?.id;
}
