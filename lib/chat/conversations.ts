import { recordAudit } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import { withTenant } from "../platform/db/index.ts";
import { noteRemoval, raiseAnswerEpoch } from "../router/index.ts";
import { AppError } from "../shared/errors.ts";
import {
  deleteConversationRow,
  findConversation,
  listConversations,
  listRunningGenerations,
  updateConversationRow,
} from "./queries/conversations.ts";
import { findNewestLeaf, listMessages } from "./queries/messages.ts";
import { type RunningAnswers, runningAnswers } from "./running-answers.ts";
import type { Conversation, ConversationSummary, StoredMessage } from "./schema.ts";

const LIST_LENGTH_MAX = 200;

/** The caller's newest conversations, or those whose title or text contains `search`. */
export async function findConversations(
  principal: Principal,
  search: string | undefined,
): Promise<ConversationSummary[]> {
  const rows = await withTenant(principal, (transaction) =>
    listConversations(transaction, principal, {
      search: search?.trim() || undefined,
      limit: LIST_LENGTH_MAX,
    }),
  );
  return rows.map((row) => ({
    id: row.id,
    title: row.title,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }));
}

/**
 * A conversation with its whole tree.
 *
 * @throws AppError `not_found` when it is not the caller's.
 */
export async function getConversation(principal: Principal, conversationId: string): Promise<Conversation> {
  return withTenant(principal, async (transaction) => {
    const row = await findConversation(transaction, principal, conversationId);
    if (row === undefined) throw new AppError("not_found");
    const messages = await listMessages(transaction, principal, conversationId);
    const [running] = await listRunningGenerations(transaction, principal, conversationId);
    return {
      id: row.id,
      title: row.title,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
      collectionIds: row.collectionIds,
      activeLeafId: row.activeLeafId,
      messages: messages.map((message) => ({
        id: message.id,
        parentId: message.parentId,
        role: message.role,
        parts: message.parts as StoredMessage["parts"],
        createdAt: message.createdAt.toISOString(),
      })),
      activeGeneration: running ?? null,
    };
  });
}

/**
 * Renames a conversation, or moves it to another branch: `activeLeafId` may name any message, the branch is followed
 * to its newest end.
 *
 * @throws AppError `not_found`.
 */
export async function updateConversation(
  principal: Principal,
  conversationId: string,
  change: {
    readonly title?: string | undefined;
    readonly activeLeafId?: string | undefined;
    readonly collectionIds?: string[] | undefined;
  },
): Promise<Conversation> {
  await withTenant(principal, async (transaction) => {
    const row = await findConversation(transaction, principal, conversationId);
    if (row === undefined) throw new AppError("not_found");
    let leafId: string | undefined;
    if (change.activeLeafId !== undefined) {
      const messages = await listMessages(transaction, principal, conversationId);
      if (!messages.some((message) => message.id === change.activeLeafId)) throw new AppError("not_found");
      leafId = await findNewestLeaf(transaction, principal, change.activeLeafId);
    }
    await updateConversationRow(transaction, principal, conversationId, {
      ...(change.title === undefined ? {} : { title: change.title }),
      ...(change.collectionIds === undefined ? {} : { collectionIds: change.collectionIds }),
      ...(leafId === undefined ? {} : { activeLeafId: leafId }),
    });
  });
  return getConversation(principal, conversationId);
}

/**
 * Deletes a conversation with its messages, events, citations and links; a running answer is stopped first.
 *
 * @throws AppError `not_found`.
 */
export async function deleteConversation(
  principal: Principal,
  conversationId: string,
  running: RunningAnswers = runningAnswers(),
): Promise<void> {
  const writing = await withTenant(principal, async (transaction) => {
    if ((await findConversation(transaction, principal, conversationId)) === undefined)
      throw new AppError("not_found");
    return listRunningGenerations(transaction, principal, conversationId);
  });
  for (const { id } of writing) {
    running.runs.get(id)?.abort.abort("deleted");
    await running.runs.get(id)?.done;
  }
  await withTenant(principal, async (transaction) => {
    if (!(await deleteConversationRow(transaction, principal, conversationId))) return;
    await recordAudit(transaction, principal, {
      action: "conversation.delete",
      subjectType: "conversation",
      subjectId: conversationId,
    });
    await raiseAnswerEpoch(transaction, principal);
  });
  await noteRemoval();
}
