import type { Candidate } from "./score-units.ts";

/** One verbatim sentence of an answer and the number of the source it stands in. */
export interface CitedSentence {
  readonly text: string;
  /** The source's number as given in the prompt; undefined when the text came without sources. */
  readonly source: number | undefined;
  /** Where the sentence stands in that source's text. */
  readonly start: number;
  readonly end: number;
  readonly layout: "running" | "bullet" | "numbered";
}

function layoutOf(candidate: Candidate, isAlone: boolean): CitedSentence["layout"] {
  const { unit } = candidate;
  if (isAlone || unit.kind === "sentence" || unit.kind === "heading") return "running";
  return /^\(?\d/.test(unit.number) ? "numbered" : "bullet";
}

/** The arranged units as sentences of an answer. */
export function citeUnits(units: readonly Candidate[], hasMarkers: boolean): CitedSentence[] {
  return units.map((candidate) => ({
    text: candidate.unit.text,
    source: hasMarkers ? candidate.source.number : undefined,
    start: candidate.unit.start,
    end: candidate.unit.end,
    layout: layoutOf(candidate, units.length === 1),
  }));
}

/**
 * Markdown: running sentences in one paragraph per source, items and fields on lines of their own; every sentence
 * followed by its marker `[n]`.
 */
export function writeAnswer(sentences: readonly CitedSentence[]): string {
  let answer = "";
  let previous: CitedSentence | undefined;
  let itemNumber = 0;
  for (const sentence of sentences) {
    const marker = sentence.source === undefined ? "" : ` [${sentence.source}]`;
    itemNumber = sentence.layout === "numbered" ? itemNumber + 1 : 0;
    const bullet =
      sentence.layout === "running" ? "" : sentence.layout === "bullet" ? "- " : `${itemNumber}. `;
    answer += `${separator(previous, sentence)}${bullet}${sentence.text}${marker}`;
    previous = sentence;
  }
  return answer;
}

function separator(previous: CitedSentence | undefined, next: CitedSentence): string {
  if (previous === undefined) return "";
  if (previous.layout !== next.layout) return "\n\n";
  if (next.layout !== "running") return "\n";
  return previous.source === next.source ? " " : "\n\n";
}
