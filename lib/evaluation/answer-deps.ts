import type { CheckData, CitationData, RetrievalData, SourceData, UsageData } from "../chat/schema.ts";
import type { Principal } from "../identity/schema.ts";
import type { DocumentText, SearchResult } from "../knowledge/schema.ts";

/** What a run asks of the chat: one question, answered as a person would get it, without a conversation. */
export interface AnswerRequest {
  readonly question: string;
  readonly collectionIds?: string[] | undefined;
  readonly configuration: {
    readonly model?: string | undefined;
    readonly mode: "hybrid" | "semantic" | "keyword";
    readonly semanticWeight?: number | undefined;
    readonly passages: number;
    readonly rerank: boolean;
  };
}

/** An answer with everything that stood behind it. */
export interface AnswerRecord {
  readonly text: string;
  readonly sources: readonly SourceData[];
  readonly citations: readonly CitationData[];
  readonly check: CheckData;
  readonly retrieval: RetrievalData;
  readonly usage: UsageData;
  readonly timingsMs: {
    readonly retrieval: number;
    readonly firstText: number | null;
    readonly total: number;
  };
  /** Ranked, up to 20, given to the model or not. */
  readonly results: readonly SearchResult[];
}

/** The system under measurement. */
export interface AnswerDeps {
  answerQuestion(
    principal: Principal,
    request: AnswerRequest,
    options: { readonly signal?: AbortSignal },
  ): Promise<AnswerRecord>;
  /** The stored text of a version. @throws AppError `not_found` when the principal may not read it. */
  getDocumentText(principal: Principal, documentId: string, versionId?: string): Promise<DocumentText>;
}
