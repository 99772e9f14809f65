import { percentile } from "../search/evaluate-ranking.ts";
import type { MeasuredQuestion, MeasuredSet } from "./measure-set.ts";
import { bootstrapInterval, type Measures, mean } from "./metrics.ts";
import { publishedColumns } from "./published-columns.ts";

const columns = ["ndcg", "recall10", "recall100", "mrr", "precision3", "all10"] as const;

function figure(value: number): string {
  return value.toFixed(3).replace(/^(-?)0\./, "$1.");
}

function signed(value: number): string {
  return `${value >= 0 ? "+" : ""}${figure(value)}`;
}

function means(questions: readonly MeasuredQuestion[], leg: "search" | "byPassages" | "byDocuments"): string {
  return columns
    .map((column) => figure(mean(questions.map((question) => (question[leg] as Measures)[column]))))
    .join(" / ");
}

function difference(questions: readonly MeasuredQuestion[], against: "byPassages" | "byDocuments"): string {
  const differences = questions.map((question) => question.search.ndcg - question[against].ndcg);
  const [low, high] = bootstrapInterval(differences);
  return `${signed(mean(differences))} [${signed(low)}, ${signed(high)}]`;
}

function printGroup(label: string, questions: readonly MeasuredQuestion[]): void {
  const [low, high] = bootstrapInterval(questions.map(({ search }) => search.ndcg));
  console.log(`\n${label}: ${questions.length} questions`);
  console.log("  nDCG@10 / R@10 / R@100 / MRR@10 / P@3 / all@10");
  console.log(
    `  search                ${means(questions, "search")}   nDCG 95 % ${figure(low)} to ${figure(high)}`,
  );
  console.log(`  plain BM25, passages  ${means(questions, "byPassages")}`);
  console.log(`  plain BM25, documents ${means(questions, "byDocuments")}`);
  for (const half of ["all", "held-out", "tuning"] as const) {
    const own = half === "all" ? questions : questions.filter((question) => question.half === half);
    console.log(
      `  nDCG@10 ${half.padEnd(8)} ${figure(mean(own.map(({ search }) => search.ndcg)))}  against passages ${difference(own, "byPassages")}  against documents ${difference(own, "byDocuments")}  (${own.length})`,
    );
  }
}

/** Prints all figures of a set, per language where it has several. */
export function printSet(set: MeasuredSet): void {
  console.log(`\n== ${set.name}: ${set.documents} documents, read in ${(set.ingestMs / 1000).toFixed(1)} s`);
  const published = publishedColumns[set.name];
  if (published !== undefined) {
    const cells = Object.entries(published).map(([name, value]) => `${name} ${figure(value)}`);
    console.log(`other retrievers, nDCG@10: ${cells.join(", ")}`);
  }
  const byLanguage = Map.groupBy(set.questions, ({ language }) => language);
  const others = set.questions.filter(({ language }) => language !== "en");
  for (const [language, questions] of byLanguage) printGroup(`${set.name} (${language})`, questions);
  if (others.length > 0) printGroup(`${set.name} (all languages but English)`, others);
  const times = (name: string) => {
    const all = set.questions.flatMap(({ timingsMs }) => timingsMs[name] ?? []);
    return `${name} ${percentile(all, 0.5).toFixed(1)}/${percentile(all, 0.95).toFixed(1)} (${all.length})`;
  };
  const names = new Set(set.questions.flatMap(({ timingsMs }) => Object.keys(timingsMs)));
  console.log(`  ms p50/p95 with 100 results (questions): ${[...names].map(times).join(", ")}`);
}
