import type { Principal } from "../identity/schema.ts";
import { logger } from "../platform/log.ts";
import type { AnswerChunk, AnswerDeps, AnswerInput, AnswerOutcome, CallUsage } from "./answer-contract.ts";
import { buildPrompt } from "./build-prompt.ts";
import { ANSWER_TEXT_ID, AnswerComposer } from "./compose-answer.ts";
import { findSources } from "./find-sources.ts";
import type { UsageData } from "./schema.ts";
import { findStandaloneQuestion, rewriteRequestId } from "./standalone-question.ts";
import type { ModelEvent } from "./stream-model.ts";
import { Thinking } from "./thinking.ts";

/**
 * Answers one question: rewrites it to stand alone, retrieves, builds the prompt, streams the model's text and ties
 * each marker to its evidence. Yields UI message chunks in the order they may be shown; `outcome` is filled as the work
 * goes on, so that whatever ends the stream leaves the part that was shown.
 */
export async function* produceAnswer(
  principal: Principal,
  input: AnswerInput,
  outcome: AnswerOutcome,
  deps: AnswerDeps,
  signal: AbortSignal,
): AsyncGenerator<AnswerChunk> {
  const startMs = deps.nowMs();
  const standalone = await findStandaloneQuestion(principal, input, deps, signal);
  yield* findSources(principal, { ...input, standalone }, outcome, deps, signal);
  outcome.timingsMs.retrieval = deps.nowMs() - startMs;

  const composer = new AnswerComposer(outcome.sources, await deps.claimChecker(principal, outcome.sources));
  const prompt = buildPrompt({
    sources: outcome.sources,
    history: input.history,
    question: input.question,
    searchedQuestion: standalone.question,
    instructions: input.instructions,
  });
  const call = {
    principal,
    model: input.configuration.model,
    prompt,
    requestId: input.requestId,
    signal,
    isUnpaced: input.isBuiltin && input.isUnpaced === true,
    maxOutputTokens: input.maxOutputTokens,
  };
  const end = yield* writeText(deps.streamModel(call), composer, outcome, { startMs, nowMs: deps.nowMs });
  outcome.finishReason = end?.finishReason ?? null;
  outcome.check = composer.check();
  yield { type: "data-check", id: "check", data: outcome.check };
  outcome.usage = usageOf(input, outcome, end, await findUsage(principal, input, deps));
  yield { type: "data-usage", id: "usage", data: outcome.usage };
}

type ModelEnd = Extract<ModelEvent, { type: "end" }>;

/** The model's thoughts and text as chunks; what was shown is in the outcome however it ends. */
async function* writeText(
  events: AsyncIterable<ModelEvent>,
  composer: AnswerComposer,
  outcome: AnswerOutcome,
  { startMs, nowMs }: { readonly startMs: number; nowMs(): number },
): AsyncGenerator<AnswerChunk, ModelEnd | undefined> {
  const thinking = new Thinking();
  let end: ModelEnd | undefined;
  // Begun with its first delta, so that thoughts before it stand above it.
  let isBegun = false;
  const begin = (): AnswerChunk[] => {
    if (isBegun) return [];
    isBegun = true;
    return [{ type: "text-start", id: ANSWER_TEXT_ID }];
  };
  try {
    for await (const event of events) {
      if (event.type === "end") {
        end = event;
      } else if (event.type === "reasoning") {
        yield* thinking.push(event.text, nowMs());
      } else {
        outcome.timingsMs.firstText ??= nowMs() - startMs;
        yield* thinking.end(nowMs());
        yield* begin();
        yield* composer.push(event.text);
      }
    }
    yield* thinking.end(nowMs());
    yield* begin();
    yield* composer.end();
  } finally {
    outcome.text = composer.text;
    outcome.citations = composer.citations;
    outcome.timingsMs.total = nowMs() - startMs;
  }
  yield { type: "text-end", id: ANSWER_TEXT_ID };
  return end;
}

/** What the answer cost. The answer is written by now: a bill that cannot be read must not take it away again. */
async function findUsage(
  principal: Principal,
  { requestId, turns }: AnswerInput,
  deps: AnswerDeps,
): Promise<CallUsage | null> {
  try {
    return await deps.findUsage(principal, [
      requestId,
      ...(turns.length === 0 ? [] : [rewriteRequestId(requestId)]),
    ]);
  } catch (error) {
    logger.warn({ error, requestId }, "usage of an answer could not be read");
    return null;
  }
}

function usageOf(
  input: AnswerInput,
  outcome: AnswerOutcome,
  end: ModelEnd | undefined,
  booked: CallUsage | null,
): UsageData {
  return {
    model: input.configuration.model,
    upstream: end?.upstream ?? null,
    isBuiltin: input.isBuiltin,
    promptTokens: end?.promptTokens ?? null,
    completionTokens: end?.completionTokens ?? null,
    costMicros: booked?.costMicros ?? null,
    ...(booked === null ? {} : { attempts: booked.attempts }),
    retrievalMs: outcome.timingsMs.retrieval,
    firstTextMs: outcome.timingsMs.firstText,
    totalMs: outcome.timingsMs.total,
  };
}
