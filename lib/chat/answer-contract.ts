import type { Principal } from "../identity/schema.ts";
import type { SearchRequestInput, SearchResponse, SearchResult } from "../knowledge/schema.ts";
import type { PromptMessage } from "./build-prompt.ts";
import type { ClaimChecker } from "./compose-answer.ts";
import type { PastTurn } from "./rewrite-question.ts";
import type { CheckData, CitationData, RetrievalData, SourceData, UsageData } from "./schema.ts";
import type { ModelCall, ModelEvent } from "./stream-model.ts";
import type { ThinkingChunk } from "./thinking.ts";

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
