import type { Candidate } from "./score-units.ts";

/** One verbatim sentence of an answer and the number of the source it stands in. */
export interface CitedSentence {
  readonly text: string;
  /** The source's number as given in the prompt; undefined when the text came without sources. */
  readonly source: number | undefined;
  /** Where the sentence stands in that source's text. */
  readonly start: number;
  readonly end: number;
  readonly layout: "running" | "line" | "bullet" | "numbered";
}

function layoutOf(candidate: Candidate, isAlone: boolean): CitedSentence["layout"] {
  const { unit } = candidate;
  if (unit.kind === "heading") return "line";
  if (isAlone || unit.kind === "sentence") return "running";
  return /^\(?\d/.test(unit.number) ? "numbered" : "bullet";
}

/** The arranged units as sentences of an answer. */
export function citeUnits(units: readonly Candidate[], hasMarkers: boolean): CitedSentence[] {
  const layouts = units.map((candidate) => layoutOf(candidate, units.length === 1));
  return units.map((candidate, index) => {
    const layout = layouts[index] ?? "running";
    const isLoneBullet =
      layout === "bullet" && layouts[index - 1] !== layout && layouts[index + 1] !== layout;
    return {
      text: candidate.unit.text,
      source: hasMarkers ? candidate.source.number : undefined,
      start: candidate.unit.start,
      end: candidate.unit.end,
      layout: isLoneBullet ? "line" : layout,
    };
  });
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
      sentence.layout === "bullet" ? "- " : sentence.layout === "numbered" ? `${itemNumber}. ` : "";
    answer += `${separator(previous, sentence)}${bullet}${sentence.text}${marker}`;
    previous = sentence;
  }
  return answer;
}

function separator(previous: CitedSentence | undefined, next: CitedSentence): string {
  if (previous === undefined) return "";
  if (previous.layout !== next.layout) return "\n\n";
  if (next.layout === "bullet" || next.layout === "numbered") return "\n";
  if (next.layout === "line") return "\n\n";
  return previous.source === next.source ? " " : "\n\n";
}
