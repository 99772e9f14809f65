import type { SearchResult, SearchStep, SearchTrace, SearchUnderstanding } from "@/lib/knowledge/schema.ts";

/** A span of time in words. */
export function milliseconds(valueMs: number): string {
  if (valueMs >= 1000) return `${(valueMs / 1000).toFixed(1)} s`;
  return valueMs > 0 && valueMs < 1 ? "under 1 ms" : `${Math.round(valueMs)} ms`;
}

const ROUTE_WORDS: Readonly<Record<SearchUnderstanding["route"], string>> = {
  hybrid: "by words and by meaning",
  keyword: "by words alone",
  semantic: "by meaning alone",
};

/** Which legs were searched. */
export function routeWords(trace: SearchTrace): string {
  return ROUTE_WORDS[trace.understanding?.route ?? trace.mode];
}

const STEP_WORDS: Readonly<Record<SearchStep["name"], string>> = {
  understand: "Question read",
  embed: "Question made a vector",
  keyword: "Searched by words",
  semantic: "Searched by meaning",
  fuse: "Both lists joined",
  passages: "Passages fetched",
  rerank: "Best ones ordered anew",
  follow: "Followed from what was found",
  fold: "Repetitions folded",
  diversify: "Spread over documents",
};

export function stepWords(name: SearchStep["name"]): string {
  return STEP_WORDS[name];
}

const FILTER_WORDS: Readonly<Record<SearchUnderstanding["filters"][number]["kind"], string>> = {
  collection: "Only in",
  document: "Only in",
  title: "Title",
  type: "Type",
  date: "Added",
};

/** "Title: Pump log (recognised in the question)". */
export function filterWords({
  kind,
  value,
  origin,
  isApplied,
}: SearchUnderstanding["filters"][number]): string {
  const from = origin === "recognised" ? " (recognised in the question)" : "";
  return `${FILTER_WORDS[kind]}: ${value}${from}${isApplied ? "" : ", left out: nothing was found with it"}`;
}

const MATCH_WORDS: Readonly<Record<NonNullable<SearchResult["matched"]>[number], string>> = {
  phrase: "phrase word for word",
  identifier: "identifier",
  date: "date",
  title: "title",
};

export function matchWords(match: keyof typeof MATCH_WORDS): string {
  return MATCH_WORDS[match];
}

/** The scores behind the last one, in the order in which they came about; legs that did not find it are left out. */
export function scoreWords({ keyword, semantic, fused, rerank }: SearchResult["scores"]): string[] {
  const parts: [string, number | null][] = [
    ["words", keyword],
    ["meaning", semantic],
    ["joined", fused],
    ["ordered anew", rerank],
  ];
  return parts.flatMap(([name, score]) => (score === null ? [] : [`${name} ${score.toFixed(2)}`]));
}

/** A name of a figure as code has it, in words: `candidatesKept` becomes "candidates kept". */
export function figureName(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, " ").toLowerCase();
}

export function figureWords(value: SearchStep["detail"][string]): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" && !Number.isInteger(value) ? value.toFixed(3) : String(value);
}
