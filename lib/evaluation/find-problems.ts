import type { ItemProblem, ItemScores } from "./schema.ts";

/** Whether the documents hold the answer, as the scores show; null when the item was not scored. */
export function isAnswerableByScores(scores: ItemScores): boolean | null {
  if (scores["false-refusal"] !== undefined) return true;
  return scores.rejection === undefined ? null : false;
}

/** What went wrong with an item, worst first; empty when it went as expected. */
export function findProblems(item: { errorCode: string | null; scores: ItemScores }): ItemProblem[] {
  if (item.errorCode !== null) return ["error"];
  const { scores } = item;
  const isRefused = scores["false-refusal"] === 1;
  const problems: [ItemProblem, boolean][] = [
    ["refused-answerable", isRefused],
    ["answered-unanswerable", scores.rejection === 0],
    ["citation-invalid", (scores["citation-validity"] ?? 1) < 1],
    ["source-not-retrieved", scores["recall@10"] === 0],
    ["source-not-cited", !isRefused && scores["citation-recall"] === 0],
  ];
  return problems.flatMap(([problem, applies]) => (applies ? [problem] : []));
}
