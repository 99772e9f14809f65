import type { Principal } from "../identity/schema.ts";
import type { SearchRequestInput, SearchResponse, SearchResult } from "../knowledge/schema.ts";
import { logger } from "../platform/log.ts";
import { buildPrompt, type PromptMessage } from "./build-prompt.ts";
import { ANSWER_TEXT_ID, AnswerComposer, type ClaimChecker } from "./compose-answer.ts";
import { findSources } from "./find-sources.ts";
import type { PastTurn } from "./rewrite-question.ts";
import type { CheckData, CitationData, RetrievalData, SourceData, UsageData } from "./schema.ts";
import { findStandaloneQuestion, rewriteRequestId } from "./standalone-question.ts";
import type { ModelCall, ModelEvent } from "./stream-model.ts";
import { Thinking, type ThinkingChunk } from "./thinking.ts";

/** How answers are made; an evaluation run stores it whole. */
export interface AnswerConfiguration {
  /** Model name as the router knows it. */
  readonly model: string;
  readonly mode: "hybrid" | "semantic" | "keyword";
  /** Share of the semantic score, 0 to 1; the embedder's measured default when absent. */
  readonly semanticWeight?: number | undefined;
  /** Passages given to the model. */
  readonly passages: number;
  readonly rerank: boolean;
}

/** What a person gets when nobody chose otherwise. */
export const DEFAULT_PASSAGES = 8;

/** One question to answer. */
export interface AnswerInput {
  readonly question: string;
  /** What to search in place of the question, where the person said so. */
  readonly searchedQuestion?: string | undefined;
  readonly turns: readonly PastTurn[];
  readonly history: readonly PromptMessage[];
  readonly collectionIds: readonly string[];
  readonly configuration: AnswerConfiguration;
  /** True for the built-in model, which cannot rewrite: rules do. */
  readonly isBuiltin: boolean;
  /** What a program asks of the answer beside our own rules, and below them. */
  readonly instructions?: string | undefined;
  /** Most tokens of the answer; the model's own limit when absent. */
  readonly maxOutputTokens?: number | undefined;
  readonly requestId: string;
  /** True when nobody reads along. */
  readonly isUnpaced?: boolean;
}

/** A chunk of the UI message stream that this pipeline emits. */
export type AnswerChunk =
  | { readonly type: "data-retrieval"; readonly id: string; readonly data: RetrievalData }
  | { readonly type: "data-source"; readonly id: string; readonly data: SourceData }
  | { readonly type: "data-citation"; readonly id: string; readonly data: CitationData }
  | { readonly type: "data-check"; readonly id: string; readonly data: CheckData }
  | { readonly type: "data-usage"; readonly id: string; readonly data: UsageData }
  | ThinkingChunk
  | { readonly type: "text-start" | "text-end"; readonly id: string }
  | { readonly type: "text-delta"; readonly id: string; readonly delta: string };

/** What stood at the end, also when the end was an error. */
export interface AnswerOutcome {
  text: string;
  sources: SourceData[];
  citations: CitationData[];
  check: CheckData | null;
  retrieval: RetrievalData | null;
  usage: UsageData | null;
  /** Why the model ended, in its own word; null when it did not. */
  finishReason: string | null;
  results: SearchResult[];
  timingsMs: { retrieval: number; firstText: number | null; total: number };
}

/** What the router booked for the calls of one answer. */
export interface CallUsage {
  /** Millionths of the price table's currency; null when a price is unknown. */
  readonly costMicros: number | null;
  readonly attempts: number;
}

/** A passage as it is given to the model: found, or found and extended. */
export interface ReadPassage {
  readonly passage: SearchResult;
  /** Other found passages that became part of it. */
  readonly joined: number;
  readonly isExpanded: boolean;
}

/** The outside of the pipeline. */
export interface AnswerDeps {
  search(principal: Principal, request: SearchRequestInput, signal: AbortSignal): Promise<SearchResponse>;
  /** Found passages with what stands around them, all together no longer than so many characters where they are not so already. */
  expandPassages(
    principal: Principal,
    found: readonly SearchResult[],
    charactersMax: number,
  ): Promise<readonly ReadPassage[]>;
  /** The checker for these sources; loads where their pages begin. */
  claimChecker(principal: Principal, sources: readonly SourceData[]): Promise<ClaimChecker>;
  streamModel(call: ModelCall): AsyncIterable<ModelEvent>;
  completeModel(call: ModelCall): Promise<string>;
  /** What these requests to the router took together; null when it knows nothing of them. */
  findUsage(principal: Principal, requestIds: readonly string[]): Promise<CallUsage | null>;
  nowMs(): number;
}

/** An outcome in which nothing happened yet. */
export function emptyOutcome(): AnswerOutcome {
  return {
    text: "",
    sources: [],
    citations: [],
    check: null,
    retrieval: null,
    usage: null,
    finishReason: null,
    results: [],
    timingsMs: { retrieval: 0, firstText: null, total: 0 },
  };
}

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
