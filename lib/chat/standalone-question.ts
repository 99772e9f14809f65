import type { Principal } from "../identity/schema.ts";
import type { AnswerDeps, AnswerInput } from "./answer-contract.ts";
import {
  acceptRewriting,
  isFollowUp,
  REWRITE_INSTRUCTIONS,
  rewriteQuestionByRules,
  type StandaloneQuestion,
} from "./rewrite-question.ts";

/** Id under which the router books the call that rewrites a follow-up. */
export function rewriteRequestId(requestId: string): string {
  return `${requestId}-rewrite`;
}

/**
 * The question in the form in which it is searched: as the person edited it, else rewritten to stand alone, by the
 * model where there is one and by rules in built-in mode or when the model fails.
 */
export async function findStandaloneQuestion(
  principal: Principal,
  input: AnswerInput,
  deps: Pick<AnswerDeps, "completeModel">,
  signal: AbortSignal,
): Promise<StandaloneQuestion> {
  const { question, searchedQuestion, turns } = input;
  if (searchedQuestion !== undefined)
    return { question: searchedQuestion, isRewritten: searchedQuestion !== question.trim() };
  if (turns.length === 0) return { question, isRewritten: false };
  if (input.isBuiltin || !isFollowUp(question)) return rewriteQuestionByRules(question, turns);
  const prompt = {
    instructions: REWRITE_INSTRUCTIONS,
    messages: [...input.history, { role: "user" as const, content: question }],
  };
  try {
    const text = await deps.completeModel({
      principal,
      model: input.configuration.model,
      prompt,
      requestId: rewriteRequestId(input.requestId),
      signal,
    });
    return acceptRewriting(text, question, turns);
  } catch (error) {
    if (signal.aborted) throw error;
    // The rules are worse than a model and better than no answer.
    return rewriteQuestionByRules(question, turns);
  }
}
