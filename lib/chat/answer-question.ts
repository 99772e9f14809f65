import type { Principal } from "../identity/schema.ts";
import { newId } from "../shared/ids.ts";
import {
  type AnswerConfiguration,
  type AnswerDeps,
  type AnswerOutcome,
  emptyOutcome,
} from "./answer-contract.ts";
import { answerDeps } from "./answer-deps.ts";
import { chooseModel } from "./choose-model.ts";
import { produceAnswer } from "./produce-answer.ts";

/**
 * Answers one question outside any conversation, through the pipeline of the chat: the evaluation measures what people
 * get. Nothing is stored.
 *
 * @throws AppError as the chat does; the model's text up to then is lost.
 */
export async function answerQuestion(
  principal: Principal,
  request: {
    readonly question: string;
    readonly collectionIds?: readonly string[];
    readonly configuration: Omit<AnswerConfiguration, "model"> & { readonly model?: string | undefined };
  },
  options: { readonly signal?: AbortSignal } = {},
  deps: AnswerDeps = answerDeps(),
): Promise<AnswerOutcome> {
  const model = chooseModel(request.configuration.model);
  const outcome = emptyOutcome();
  const input = {
    question: request.question,
    turns: [],
    history: [],
    collectionIds: request.collectionIds ?? [],
    configuration: { ...request.configuration, model: model.id },
    isBuiltin: model.isBuiltin,
    requestId: newId(),
    isUnpaced: true,
  };
  const signal = options.signal ?? new AbortController().signal;
  for await (const _chunk of produceAnswer(principal, input, outcome, deps, signal)) {
    // The outcome is what counts here; nobody watches.
  }
  return outcome;
}
