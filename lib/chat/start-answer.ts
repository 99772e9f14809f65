import type { Principal } from "../identity/schema.ts";
import { withTenant } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import type { AnswerDeps } from "./answer-contract.ts";
import { answerDeps } from "./answer-deps.ts";
import { type ChatModel, chooseModel } from "./choose-model.ts";
import { toHistory, toTurns } from "./conversation-path.ts";
import { generationChunk } from "./message-parts.ts";
import { type Placement, placeQuestion } from "./place-question.ts";
import { findGeneration, insertGeneration } from "./queries/generations.ts";
import { insertMessage } from "./queries/messages.ts";
import { type AnswerJob, runAnswer } from "./run-answer.ts";
import { type RunningAnswers, runningAnswers } from "./running-answers.ts";
import type { ChatRequest } from "./schema.ts";

/** The run that a request started, or had started before under the same idempotency key. */
export interface StartedAnswer {
  readonly generationId: string;
  readonly conversationId: string;
  readonly messageId: string;
}

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
    const { idempotencyKey } = request;
    const existing = await findGeneration(transaction, principal, { idempotencyKey });
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
    searchedQuestion: placement.searchedQuestion,
    history: toHistory(placement.past),
    turns: toTurns(placement.past),
    collectionIds: placement.collectionIds,
    model,
  };
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
