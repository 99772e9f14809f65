import type { CheckData } from "../../chat/schema.ts";

/** Scores of the choice to answer or to refuse; exactly one of the last two is set. */
export interface DecisionScores {
  /** 1 when an answerable question was answered or an unanswerable one refused. */
  readonly decision: number;
  /** Answerable question: 1 when refused. */
  readonly falseRefusal?: number;
  /** Unanswerable question: 1 when refused ("negative rejection" in RGB, Chen et al. 2024). */
  readonly rejection?: number;
}

/** Scores whether refusing or answering was right. */
export function scoreDecision(isAnswerable: boolean, isRefused: boolean): DecisionScores {
  const refused = isRefused ? 1 : 0;
  return isAnswerable
    ? { decision: 1 - refused, falseRefusal: refused }
    : { decision: refused, rejection: refused };
}

/** Words and numbers, folded to lower case; citation markers and articles are left out (as in SQuAD's evaluation). */
function answerTokens(text: string): string[] {
  const words = text
    .replaceAll(/\[\d+\]/g, " ")
    .normalize("NFKC")
    .toLowerCase()
    .match(/\p{N}+(?:[.,:]\p{N}+)*|[\p{L}\p{M}\p{N}]+/gu);
  return (words ?? []).filter((word) => word !== "a" && word !== "an" && word !== "the");
}

/**
 * Token recall: share of the reference answer's words that the answer holds, each as often as there (the recall part
 * of SQuAD's token F1; Rajpurkar et al. 2016). Undefined when the reference has no words.
 */
export function tokenRecall(reference: string, answer: string): number | undefined {
  const wanted = answerTokens(reference);
  if (wanted.length === 0) return undefined;
  const available = new Map<string, number>();
  for (const word of answerTokens(answer)) available.set(word, (available.get(word) ?? 0) + 1);
  let found = 0;
  for (const word of wanted) {
    const left = available.get(word) ?? 0;
    if (left === 0) continue;
    available.set(word, left - 1);
    found += 1;
  }
  return found / wanted.length;
}

/** Share of an answer's checked sentences that their citations support; undefined without sentences or when refused. */
export function supportedSentences(check: CheckData): number | undefined {
  if (check.isNotFound || check.sentences.length === 0) return undefined;
  return (
    check.sentences.filter((sentence) => sentence.verdict === "supported").length / check.sentences.length
  );
}
