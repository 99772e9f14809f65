import { AppError } from "../../shared/errors.ts";
import { searchTerms } from "../../shared/text/search-terms.ts";
import { listedTerms } from "../keywords/term-list.ts";
import type { SearchResult } from "../schema.ts";
import type { Collected, SearchedQuestion } from "./collect-candidates.ts";
import type { FusedCandidate } from "./fuse-candidates.ts";
import { type JudgedPassage, measurePassages } from "./measure-passages.ts";
import type { PassageReader, RankablePassage } from "./passage-reader.ts";
import { BUILTIN_RERANKER, checkWishes, scoreWording } from "./rerank-passages.ts";
import type { SearchContext } from "./search-context.ts";
import { count, roundScore } from "./search-steps.ts";

/** Passages of each question that are judged. */
const JUDGED = 50;
/** Those of all parts of a question together. */
const JUDGED_MAX = 100;
/** Passages that hold a quoted phrase or an identifier, each. */
const EXACT_JUDGED = 50;
/** What the parts of a question count together beside the whole. */
const PARTS_WEIGHT = 0.4;
/** Passages a reranking model is asked about. */
const MODEL_PASSAGES = 50;
/** Title words of the question from which a document counts as named. */
const NAMED_SHARE = 0.85;

/** A passage in its place. */
export interface RankedPassage extends RankablePassage {
  readonly fused: FusedCandidate;
  /** Of the reranker; null when none ran. */
  readonly score: number | null;
  /** Quoted phrases and identifiers that stand in it. */
  readonly tier: number;
  readonly matched: NonNullable<SearchResult["matched"]>;
}

/** Passages in order, and who ordered them. */
export interface Ranking {
  readonly passages: readonly RankedPassage[];
  readonly reranker: string | null;
}

function idsToJudge({ request }: SearchContext, { questions }: Collected): string[] {
  const depth = Math.max(request.limit, JUDGED);
  const ids = new Set<string>();
  for (const [index, { fused, found }] of questions.entries()) {
    for (const { id } of fused.slice(0, depth)) {
      if (index > 0 && ids.size >= Math.max(depth, JUDGED_MAX)) break;
      ids.add(id);
    }
    for (const holders of found.phrases) for (const id of holders.slice(0, EXACT_JUDGED)) ids.add(id);
  }
  return [...ids];
}

/** Ranks the passages to judge by the fused score, the reranker and the exact wishes of the question. */
export async function rankPassages(
  context: SearchContext,
  collected: Collected,
  reader: PassageReader,
): Promise<Ranking> {
  const [whole] = collected.questions;
  if (whole === undefined) return { passages: [], reranker: null };
  const ids = idsToJudge(context, collected);
  const passages = await reader.rankable(ids, whole.found, needsTexts(context));
  context.deps.signal?.throwIfAborted();
  const fusedOf = fusedById(collected.questions);
  const plain = passages.map((passage) => ({
    ...passage,
    fused: fusedOf.get(passage.chunkId) ?? { id: passage.chunkId, keyword: null, semantic: null, fused: 0 },
    score: null,
    tier: 0,
    matched: [],
  }));
  if (!context.request.rerank) return { passages: plain.toSorted(byScore), reranker: null };
  return rerank(context, collected, plain, reader);
}

/** A reranking model reads texts, and a quoted phrase is looked for in them; all else is told by the terms. */
function needsTexts({ request, question, deps }: SearchContext): boolean {
  if (!request.rerank) return false;
  return deps.rerankingModel() !== null || question.wishes.some(({ kind }) => kind === "phrase");
}

function fusedById(questions: readonly SearchedQuestion[]): Map<string, FusedCandidate> {
  const byId = new Map<string, FusedCandidate>();
  // The whole question comes first and wins.
  for (const { fused } of questions) {
    for (const candidate of fused) if (!byId.has(candidate.id)) byId.set(candidate.id, candidate);
  }
  return byId;
}

/** Exact wishes first, then the reranker, then the fusion. */
function byScore(left: RankedPassage, right: RankedPassage): number {
  return (
    right.tier - left.tier ||
    (right.score ?? right.fused.fused) - (left.score ?? left.fused.fused) ||
    right.fused.fused - left.fused.fused ||
    (left.chunkId < right.chunkId ? -1 : 1)
  );
}

async function rerank(
  context: SearchContext,
  collected: Collected,
  passages: readonly RankedPassage[],
  reader: PassageReader,
): Promise<Ranking> {
  const startMs = performance.now();
  const judged = judgeWording(collected, passages);
  const wishes = context.question.wishes;
  const ordered = passages
    .map((passage, index): RankedPassage => {
      const { tier, matched } = checkWishes(
        { ...passage, text: reader.get(passage.chunkId)?.text ?? "" },
        wishes,
      );
      const { score = 0, isNamed = false } = judged[index] ?? {};
      return { ...passage, score, tier, matched: isNamed ? [...matched, "title"] : matched };
    })
    .toSorted(byScore);
  const missing = wishes.filter(
    ({ kind }) => kind !== "date" && !ordered.some(({ matched }) => matched.includes(kind)),
  );
  const none = missing.map(({ text }) => ` No passage holds “${text}” word for word.`).join("");
  const asked = await askModel(context, ordered, reader);
  const reranker = asked.ranking === null ? BUILTIN_RERANKER : asked.model;
  context.steps.since(
    "rerank",
    startMs,
    `${count(passages.length, "passage")} put in order by ${reranker === BUILTIN_RERANKER ? "their wording" : reranker}.${asked.note}${none}`,
    { reranker: reranker ?? "", best: roundScore(asked.ranking?.[0]?.score ?? ordered[0]?.score ?? 0) },
  );
  return { passages: asked.ranking ?? ordered, reranker };
}

/** How the wording of each passage answers the whole question and its parts, 0 to 1, and whether its title is named. */
function judgeWording(
  { questions, semanticWeight }: Collected,
  passages: readonly RankedPassage[],
): { score: number; isNamed: boolean }[] {
  const read = passages.map(({ terms, title }) => ({ terms, titleTerms: titleTermsOf(title) }));
  const judgements = questions.map(({ terms, fused }) => {
    const own = new Map(fused.map((candidate) => [candidate.id, candidate]));
    const judged: JudgedPassage[] = passages.map(({ chunkId }, index) => ({
      id: chunkId,
      ...(read[index] ?? { terms: listedTerms([]), titleTerms: [] }),
      keyword: own.get(chunkId)?.keyword ?? null,
      semantic: own.get(chunkId)?.semantic ?? null,
    }));
    return measurePassages(terms, judged);
  });
  const [whole = [], ...parts] = judgements;
  return whole.map((measures, index) => {
    const score = scoreWording(measures, semanticWeight);
    const isNamed = measures.titleShare >= NAMED_SHARE;
    if (parts.length === 0) return { score, isNamed };
    const sum = parts.reduce((total, part) => {
      const own = part[index];
      return total + (own === undefined ? 0 : scoreWording(own, semanticWeight));
    }, 0);
    return { score: (score + (PARTS_WEIGHT * sum) / parts.length) / (1 + PARTS_WEIGHT), isNamed };
  });
}

const titleCache = new Map<string, readonly string[]>();

/** Titles come again with every passage of their document and every search. */
function titleTermsOf(title: string): readonly string[] {
  const known = titleCache.get(title);
  if (known !== undefined) return known;
  if (titleCache.size > 10_000) titleCache.clear();
  const terms = searchTerms(title).split(" ");
  titleCache.set(title, terms);
  return terms;
}

interface ModelAnswer {
  readonly ranking: RankedPassage[] | null;
  readonly model: string | null;
  readonly note: string;
}

/** Asks a configured reranking model; when it fails the order by wording stays, and the trace says so. */
async function askModel(
  context: SearchContext,
  ordered: readonly RankedPassage[],
  reader: PassageReader,
): Promise<ModelAnswer> {
  const { deps, question, principal } = context;
  const model = deps.rerankingModel();
  if (model === null || ordered.length < 2) return { ranking: null, model, note: "" };
  const [head, tail] = [ordered.slice(0, MODEL_PASSAGES), ordered.slice(MODEL_PASSAGES)];
  const texts = head.map(({ chunkId, title }) => {
    const { headingPath = [], text = "" } = reader.get(chunkId) ?? {};
    return [title, ...headingPath.filter((heading) => heading !== title), text].join("\n");
  });
  try {
    const { scores } = await deps.rerankTexts(question.text, texts, { signal: deps.signal, principal });
    const ranked = head
      .map((passage, index) => ({ ...passage, score: scores[index] ?? 0 }))
      .toSorted(byScore);
    return { ranking: [...ranked, ...tail.map((passage) => ({ ...passage, score: null }))], model, note: "" };
  } catch (error) {
    deps.signal?.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    return { ranking: null, model, note: ` The reranking model ${model} did not answer (${error.code}).` };
  }
}
