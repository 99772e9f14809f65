import { and, desc, eq, exists, ilike, inArray, or, sql } from "drizzle-orm";
import { conversation, generation, message } from "../../../drizzle/schema/chat.ts";
import type { Transaction } from "../../platform/db/index.ts";

/** Whose conversations a query may touch. */
export interface OwnerScope {
  readonly orgId: string;
  readonly userId: string;
}

const ownedBy = (scope: OwnerScope) =>
  and(eq(conversation.orgId, scope.orgId), eq(conversation.ownerId, scope.userId));

export async function insertConversation(
  transaction: Transaction,
  scope: OwnerScope,
  row: { id: string; title: string; collectionIds: string[]; activeLeafId: string },
): Promise<void> {
  await transaction.insert(conversation).values({ ...row, orgId: scope.orgId, ownerId: scope.userId });
}

export async function findConversation(transaction: Transaction, scope: OwnerScope, conversationId: string) {
  const [row] = await transaction
    .select()
    .from(conversation)
    .where(and(ownedBy(scope), eq(conversation.id, conversationId)));
  return row;
}

/** The newest conversations; with `search`, those whose title or text contains it. */
export function listConversations(
  transaction: Transaction,
  scope: OwnerScope,
  options: { search?: string | undefined; limit: number },
) {
  const pattern = `%${(options.search ?? "").replaceAll(/[\\%_]/g, "\\$&")}%`;
  const matches = options.search
    ? or(
        ilike(conversation.title, pattern),
        exists(
          transaction
            .select({ one: sql`1` })
            .from(message)
            .where(
              and(
                eq(message.orgId, scope.orgId),
                eq(message.conversationId, conversation.id),
                // Only what a person reads: the text parts, not the trace beside them.
                sql`exists (select from jsonb_array_elements(${message.parts}) part
                    where part->>'type' = 'text' and part->>'text' ilike ${pattern})`,
              ),
            ),
        ),
      )
    : undefined;
  return transaction
    .select({
      id: conversation.id,
      title: conversation.title,
      createdAt: conversation.createdAt,
      updatedAt: conversation.updatedAt,
    })
    .from(conversation)
    .where(and(ownedBy(scope), matches))
    .orderBy(desc(conversation.updatedAt))
    .limit(options.limit);
}

export async function updateConversationRow(
  transaction: Transaction,
  scope: OwnerScope,
  conversationId: string,
  change: Partial<{ title: string; activeLeafId: string; collectionIds: string[]; updatedAt: Date }>,
): Promise<boolean> {
  const rows = await transaction
    .update(conversation)
    .set(change)
    .where(and(ownedBy(scope), eq(conversation.id, conversationId)))
    .returning({ id: conversation.id });
  return rows.length > 0;
}

export async function deleteConversationRow(
  transaction: Transaction,
  scope: OwnerScope,
  conversationId: string,
): Promise<boolean> {
  const rows = await transaction
    .delete(conversation)
    .where(and(ownedBy(scope), eq(conversation.id, conversationId)))
    .returning({ id: conversation.id });
  return rows.length > 0;
}

/** Ids of the runs that write in this conversation now. */
export function listRunningGenerations(transaction: Transaction, scope: OwnerScope, conversationId: string) {
  return transaction
    .select({ id: generation.id, messageId: generation.messageId, state: generation.state })
    .from(generation)
    .where(
      and(
        eq(generation.orgId, scope.orgId),
        eq(generation.requestedBy, scope.userId),
        eq(generation.conversationId, conversationId),
        inArray(generation.state, ["queued", "streaming"]),
      ),
    );
}
