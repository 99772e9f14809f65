import type { Principal } from "../identity/schema.ts";
import { withTenant } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { answerDeps } from "./answer-deps.ts";
import { type ChatModel, chooseModel } from "./choose-model.ts";
import { pathTo, type TreeMessage, toHistory, toTurns } from "./conversation-path.ts";
import { generationChunk, textOfParts } from "./message-parts.ts";
import type { AnswerDeps } from "./produce-answer.ts";
import { findConversation, insertConversation, updateConversationRow } from "./queries/conversations.ts";
import { findGenerationByKey, insertGeneration } from "./queries/generations.ts";
import { insertMessage, listMessages } from "./queries/messages.ts";
import { type AnswerJob, runAnswer } from "./run-answer.ts";
import { type RunningAnswers, runningAnswers } from "./running-answers.ts";
import type { ChatRequest } from "./schema.ts";

/** The run that a request started, or had started before under the same idempotency key. */
export interface StartedAnswer {
  readonly generationId: string;
  readonly conversationId: string;
  readonly messageId: string;
}

type Transaction = Parameters<Parameters<typeof withTenant>[1]>[0];

/** Ids made before the transaction; a regenerated answer needs no new question. */
interface NewIds {
  readonly userMessageId: string;
  readonly messageId: string;
}

interface Placement {
  readonly conversationId: string;
  readonly collectionIds: string[];
  readonly userMessageId: string;
  readonly question: string;
  /** Messages before the question, oldest first. */
  readonly past: TreeMessage[];
}

/** Length of a title made from the first question. */
const TITLE_LENGTH_MAX = 80;

/**
 * Stores the question and a place for its answer in one transaction, then starts writing the answer. The answer goes
 * on when the caller leaves; it ends, or is stopped by name.
 *
 * @throws AppError `not_found` for a conversation or message that is not the caller's; `generation_running` when an
 * answer is being written there; `model_unknown` for a model that does not exist.
 */
export async function startAnswer(
  principal: Principal,
  request: ChatRequest,
  running: RunningAnswers = runningAnswers(),
  deps: AnswerDeps = answerDeps(),
): Promise<StartedAnswer> {
  if (running.isDraining) throw new AppError("unavailable", { retryAfterSeconds: 2 });
  const model = chooseModel(request.options?.model);
  const generationId = newId();
  // In this order: both rows get the same time, and ids of one process sort as they were made.
  const userMessageId = newId();
  const messageId = newId();
  const outcome = await withTenant(principal, async (transaction) => {
    const existing = await findGenerationByKey(transaction, principal, request.idempotencyKey);
    if (existing !== undefined) return { existing };
    const placement = await placeQuestion(transaction, principal, request, { userMessageId, messageId });
    const state = generationChunk({
      generationId,
      conversationId: placement.conversationId,
      messageId,
      userMessageId: placement.userMessageId,
      state: "queued",
      errorCode: null,
      errorMessage: null,
    });
    await insertMessage(transaction, principal, {
      id: messageId,
      conversationId: placement.conversationId,
      parentId: placement.userMessageId,
      role: "assistant",
      parts: [state],
    });
    await insertGeneration(transaction, principal, {
      id: generationId,
      conversationId: placement.conversationId,
      messageId,
      idempotencyKey: request.idempotencyKey,
      model: model.id,
      instanceId: running.instanceId,
    });
    return { placement };
  }).catch((error: unknown) => {
    throw mapUniqueViolation(error);
  });
  if (outcome.existing !== undefined) {
    const { id, conversationId, messageId: existingMessageId } = outcome.existing;
    return { generationId: id, conversationId, messageId: existingMessageId };
  }
  runAnswer(toJob(principal, model, { generationId, messageId }, outcome.placement), running, deps);
  return { generationId, conversationId: outcome.placement.conversationId, messageId };
}

function toJob(
  principal: Principal,
  model: ChatModel,
  ids: { generationId: string; messageId: string },
  placement: Placement,
): AnswerJob {
  return {
    principal,
    ...ids,
    conversationId: placement.conversationId,
    userMessageId: placement.userMessageId,
    question: placement.question,
    history: toHistory(placement.past),
    turns: toTurns(placement.past),
    collectionIds: placement.collectionIds,
    model,
  };
}

async function placeQuestion(
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
export function titleFrom(question: string): string {
  const line = question.trim().split("\n")[0]?.replaceAll(/\s+/g, " ") ?? "";
  if (line.length <= TITLE_LENGTH_MAX) return line;
  const cut = line.slice(0, TITLE_LENGTH_MAX);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), TITLE_LENGTH_MAX / 2)).trimEnd()}…`;
}

/** Two sends at once: the index that lets one run per conversation decides, and the loser hears so. */
function mapUniqueViolation(error: unknown): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const name = "constraint_name" in cause ? String(cause.constraint_name) : "";
    if (name === "generation_running") return new AppError("generation_running", { cause: error });
    if (name === "generation_idempotency") return new AppError("conflict", { cause: error });
  }
  return error;
}
