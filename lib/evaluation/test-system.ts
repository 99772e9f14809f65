import { organisation } from "../../drizzle/schema/identity.ts";
import type { CitationData, SourceData } from "../chat/schema.ts";
import type { Principal } from "../identity/schema.ts";
import type { DocumentText, SearchResult } from "../knowledge/schema.ts";
import { withSystem } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { NOT_FOUND_ANSWER } from "../shared/prompt-contract.ts";
import type { AnswerRecord, AnswerRequest } from "./answer-deps.ts";
import type { RunDeps } from "./execute-run.ts";

/** An administrator of a new organisation that stands in the database. */
export async function createTestPrincipal(): Promise<Principal> {
  const orgId = newId();
  await withSystem((transaction) => transaction.insert(organisation).values({ id: orgId, name: "Measured" }));
  return { ...testPrincipal, orgId };
}

/** An administrator for tests without a database. */
export const testPrincipal: Principal = {
  orgId: newId(),
  userId: newId(),
  name: "Admin",
  email: null,
  role: "admin",
  isGuest: false,
  via: "session",
  scopes: [],
};

/** A document of the system under test: its file and the words it holds, a sentence a passage. */
export interface TestDocument {
  readonly fileName: string;
  readonly text: string;
}

const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/[a-z0-9]{4,}/g) ?? []);

function passagesOf(documents: readonly TestDocument[]) {
  return documents.flatMap((document) => {
    const ids = { documentId: newId(), versionId: newId() };
    return Array.from(document.text.matchAll(/[^.]+\./g), (match) => {
      const start = match.index + (match[0].length - match[0].trimStart().length);
      const text = match[0].trim();
      return { ...ids, chunkId: newId(), document, text, start, end: start + text.length };
    });
  });
}

type Passage = ReturnType<typeof passagesOf>[number];

function toResult(passage: Passage, fused: number): SearchResult {
  const { chunkId, documentId, versionId, document, text, start, end } = passage;
  const place = { documentId, versionId, page: null, start, end, text };
  const labels = { title: document.fileName, fileName: document.fileName, mediaType: "text/plain" };
  const scores = { keyword: fused, semantic: null, fused, rerank: null };
  return { chunkId, collectionId: newId(), ...place, ...labels, headingPath: [], scores };
}

function toSource(result: SearchResult, number: number): SourceData {
  const { chunkId: _c, collectionId: _o, fileName: _f, scores, ...rest } = result;
  return { id: newId(), number, ...rest, score: scores.fused };
}

function toCitation(source: SourceData): CitationData {
  const { id, number: _n, headingPath: _h, text, score, ...place } = source;
  return { id: newId(), marker: 1, sourceId: id, ...place, quote: text, verdict: "supported", score };
}

/** The sentences by words shared with the question; keyword mode counts them, the other modes read backwards. */
function rank(passages: readonly Passage[], request: AnswerRequest): SearchResult[] {
  const wanted = words(request.question);
  const ranked = passages
    .map((passage) => {
      const shared = [...words(passage.text)].filter((word) => wanted.has(word)).length;
      return toResult(passage, shared / Math.max(1, wanted.size));
    })
    .sort((one, other) => other.scores.fused - one.scores.fused);
  return request.configuration.mode === "semantic" ? ranked.reverse() : ranked;
}

function answerFrom(ranked: readonly SearchResult[], request: AnswerRequest): AnswerRecord {
  const sources = ranked
    .slice(0, request.configuration.passages)
    .map((result, index) => toSource(result, index + 1));
  const best = sources.find((source) => source.score >= 0.5);
  const text = best === undefined ? NOT_FOUND_ANSWER : `${best.text} [1]`;
  const sentences =
    best === undefined
      ? []
      : [{ start: 0, end: best.text.length, verdict: "supported" as const, markers: [1] }];
  const trace = {
    query: request.question,
    mode: request.configuration.mode,
    keywordEngine: "test",
    vectorSpace: "test-space",
    semanticWeight: request.configuration.semanticWeight ?? 0.3,
    reranker: null,
    candidates: { keyword: ranked.length, semantic: 0, fused: ranked.length },
    timingsMs: { keyword: 1 },
  };
  const timingsMs = { retrieval: 2, firstText: 5, total: 10 };
  return {
    text,
    sources,
    citations: best === undefined ? [] : [toCitation(best)],
    check: { sentences, isNotFound: best === undefined },
    retrieval: {
      question: request.question,
      searchedQuestion: request.question,
      isRewritten: false,
      found: ranked.length,
      used: sources.length,
      dropped: [],
      trace,
    },
    usage: {
      model: request.configuration.model ?? "test-model",
      upstream: null,
      isBuiltin: true,
      promptTokens: null,
      completionTokens: null,
      costMicros: null,
      retrievalMs: 2,
      firstTextMs: 5,
      totalMs: 10,
    },
    timingsMs,
    results: ranked.slice(0, 20),
  };
}

/**
 * A small deterministic system to measure: ranks sentences by shared words, answers with the best one when half of
 * the question's words are in it, refuses otherwise, and takes always the same time.
 */
export function createTestSystem(documents: readonly TestDocument[]) {
  const passages = passagesOf(documents);
  const asked: string[] = [];
  const deps: RunDeps = {
    answerQuestion: async (_principal, request) => {
      asked.push(request.question);
      return answerFrom(rank(passages, request), request);
    },
    getDocumentText: async (_principal, documentId): Promise<DocumentText> => {
      const passage = passages.find((candidate) => candidate.documentId === documentId);
      if (passage === undefined) throw new AppError("not_found");
      const { versionId, document } = passage;
      const text = { text: document.text, pages: [], unreadablePages: [] };
      return { documentId, versionId, title: document.fileName, mediaType: "text/plain", ...text };
    },
    delay: async () => undefined,
    nowMs: () => 0,
  };
  return { deps, asked };
}
