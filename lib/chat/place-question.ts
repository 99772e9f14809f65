import type { Principal } from "../identity/schema.ts";
import type { Transaction } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { pathTo, type TreeMessage } from "./conversation-path.ts";
import { textOfParts } from "./message-parts.ts";
import { findConversation, insertConversation, updateConversationRow } from "./queries/conversations.ts";
import { insertMessage, listMessages } from "./queries/messages.ts";
import type { ChatRequest } from "./schema.ts";

/** Ids made before the transaction; a regenerated answer needs no new question. */
export interface NewIds {
  readonly userMessageId: string;
  readonly messageId: string;
}

/** Where a question stands and what it is asked of. */
export interface Placement {
  readonly conversationId: string;
  readonly collectionIds: string[];
  readonly userMessageId: string;
  readonly question: string;
  readonly searchedQuestion?: string | undefined;
  /** Messages before the question, oldest first. */
  readonly past: TreeMessage[];
}

/** Length of a title made from the first question. */
const TITLE_LENGTH_MAX = 80;

/**
 * Finds or makes the place of a question in its conversation's tree.
 *
 * @throws AppError `not_found` for a conversation or message that is not the caller's.
 */
export async function placeQuestion(
  transaction: Transaction,
  principal: Principal,
  request: ChatRequest,
  ids: NewIds,
): Promise<Placement> {
  if (request.conversationId === undefined) {
    return placeInNewConversation(transaction, principal, request, ids);
  }
  const conversation = await findConversation(transaction, principal, request.conversationId);
  if (conversation === undefined) throw new AppError("not_found");
  const messages = await listMessages(transaction, principal, conversation.id);
  const collectionIds = request.collectionIds ?? conversation.collectionIds;
  await updateConversationRow(transaction, principal, conversation.id, {
    activeLeafId: ids.messageId,
    updatedAt: new Date(),
    collectionIds,
  });
  const base = { conversationId: conversation.id, collectionIds };
  if (request.message.type === "regenerate") {
    const path = pathTo(messages, request.message.messageId);
    const answer = path?.at(-1);
    const asked = path?.at(-2);
    if (answer?.role !== "assistant" || asked === undefined) throw new AppError("not_found");
    return {
      ...base,
      userMessageId: asked.id,
      question: textOfParts(asked.parts),
      searchedQuestion: request.message.searchedQuestion,
      past: path?.slice(0, -2) ?? [],
    };
  }
  const parentId = request.parentId === undefined ? conversation.activeLeafId : request.parentId;
  const past = parentId === null ? [] : pathTo(messages, parentId);
  if (past === undefined || past.at(-1)?.role === "user") throw new AppError("not_found");
  const { userMessageId } = ids;
  await insertMessage(transaction, principal, {
    id: userMessageId,
    conversationId: conversation.id,
    parentId,
    role: "user",
    parts: [{ type: "text", text: request.message.text }],
  });
  return { ...base, userMessageId, question: request.message.text, past };
}

async function placeInNewConversation(
  transaction: Transaction,
  principal: Principal,
  request: ChatRequest,
  ids: NewIds,
): Promise<Placement> {
  if (request.message.type !== "text" || request.parentId) throw new AppError("not_found");
  const { text } = request.message;
  const conversationId = newId();
  const { userMessageId } = ids;
  const collectionIds = request.collectionIds ?? [];
  await insertConversation(transaction, principal, {
    id: conversationId,
    title: titleFrom(text),
    collectionIds,
    activeLeafId: ids.messageId,
  });
  await insertMessage(transaction, principal, {
    id: userMessageId,
    conversationId,
    parentId: null,
    role: "user",
    parts: [{ type: "text", text }],
  });
  return { conversationId, collectionIds, userMessageId, question: text, past: [] };
}

/** A title from the first question: its first line, cut at a word. */
function titleFrom(question: string): string {
  const line = question.trim().split("\n")[0]?.replaceAll(/\s+/g, " ") ?? "";
  if (line.length <= TITLE_LENGTH_MAX) return line;
  const cut = line.slice(0, TITLE_LENGTH_MAX);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), TITLE_LENGTH_MAX / 2)).trimEnd()}…`;
}
