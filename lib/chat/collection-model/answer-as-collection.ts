import type { FamilyCall, FamilyReply } from "../../router/index.ts";
import { AppError } from "../../shared/errors.ts";
import {
  type AnswerDeps,
  type AnswerInput,
  type AnswerOutcome,
  DEFAULT_PASSAGES,
  emptyOutcome,
} from "../answer-contract.ts";
import { answerDeps } from "../answer-deps.ts";
import { chooseModel } from "../choose-model.ts";
import { produceAnswer } from "../produce-answer.ts";
import { findCollectionModel } from "./find-collection-models.ts";
import { type CollectionQuestion, readChatRequest } from "./read-chat-request.ts";
import { CompletionWriter } from "./write-completion.ts";

/**
 * Answers a chat completion from a collection's documents, through the pipeline of the chat: the same search under the
 * caller's rights, the same citations and checks. The default chat model writes; its call is the caller's, so that
 * limits and costs are theirs.
 *
 * @throws AppError `invalid_request` for what cannot be honoured; `model_unknown` when the collection was lost meanwhile.
 */
export async function answerAsCollection(
  { caller, name, body, requestId, signal }: FamilyCall,
  deps: AnswerDeps = answerDeps(),
): Promise<FamilyReply> {
  const asked = readChatRequest(body);
  const model = await findCollectionModel(caller, name);
  if (model === undefined) throw new AppError("model_unknown");
  const outcome = emptyOutcome();
  const input = toInput(asked, model.collectionId, requestId);
  const chunks = produceAnswer(caller, input, outcome, deps, signal);
  const writer = new CompletionWriter({
    id: `chatcmpl-${requestId}`,
    created: Math.floor(Date.now() / 1000),
    model: name,
  });
  if (asked.isStream) return { chunks: stream(chunks, writer, outcome, asked.includesUsage) };
  for await (const chunk of chunks) writer.take(chunk);
  return { json: writer.whole(outcome) };
}

async function* stream(
  chunks: ReturnType<typeof produceAnswer>,
  writer: CompletionWriter,
  outcome: AnswerOutcome,
  includesUsage: boolean,
): AsyncGenerator<object> {
  for await (const chunk of chunks) yield* writer.take(chunk);
  yield* writer.end(outcome, includesUsage);
}

function toInput(asked: CollectionQuestion, collectionId: string, requestId: string): AnswerInput {
  const model = chooseModel(undefined);
  return {
    question: asked.question,
    turns: asked.turns,
    history: asked.history,
    collectionIds: [collectionId],
    configuration: { model: model.id, mode: "hybrid", passages: DEFAULT_PASSAGES, rerank: true },
    isBuiltin: model.isBuiltin,
    instructions: asked.instructions,
    maxOutputTokens: asked.maxOutputTokens,
    requestId: `${requestId}-answer`,
    // Programs read as fast as they can.
    isUnpaced: true,
  };
}
