import type { AnswerRecord } from "./answer-deps.ts";
import { scoreDecision, supportedSentences, tokenRecall } from "./metrics/score-answer.ts";
import { citationPrecision, citationRecall, citationValidity } from "./metrics/score-citations.ts";
import { ndcgAt, recallAt, reciprocalRankAt } from "./metrics/score-retrieval.ts";
import type { DatasetItem, ItemMetric, ItemScores, TracedCitation, TracedResult } from "./schema.ts";

/** All figures of one answered item; one that does not apply to it is absent. */
export function scoreItem(
  item: DatasetItem,
  answer: Pick<AnswerRecord, "text" | "check" | "timingsMs">,
  related: { results: readonly TracedResult[]; citations: readonly TracedCitation[] },
): ItemScores {
  const { results, citations } = related;
  const coverage = results.map((result) => result.covers);
  const sourceCount = item.expectedSources.length;
  const isRefused = answer.check.isNotFound;
  const { decision, falseRefusal, rejection } = scoreDecision(item.answerable, isRefused);
  const wantsSources = sourceCount > 0;
  const scores: Record<ItemMetric, number | undefined> = {
    "recall@5": wantsSources ? recallAt(5, coverage, sourceCount) : undefined,
    "recall@10": wantsSources ? recallAt(10, coverage, sourceCount) : undefined,
    "ndcg@10": wantsSources ? ndcgAt(10, coverage, sourceCount) : undefined,
    "mrr@10": wantsSources ? reciprocalRankAt(10, coverage, sourceCount) : undefined,
    "citation-validity": citationValidity(citations),
    "citation-precision": wantsSources ? citationPrecision(citations) : undefined,
    "citation-recall": wantsSources ? citationRecall(citations, sourceCount) : undefined,
    "supported-sentences": supportedSentences(answer.check),
    decision,
    "false-refusal": falseRefusal,
    rejection,
    "token-recall":
      item.answerable && item.answer !== null ? tokenRecall(item.answer, answer.text) : undefined,
    "retrieval-ms": answer.timingsMs.retrieval,
    "first-text-ms": answer.timingsMs.firstText ?? undefined,
    "latency-ms": answer.timingsMs.total,
  };
  return Object.fromEntries(Object.entries(scores).filter(([, value]) => value !== undefined));
}
