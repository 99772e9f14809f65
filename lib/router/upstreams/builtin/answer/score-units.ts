import type { PromptSource } from "../../../../shared/prompt-contract.ts";
import { splitUnits, type TextUnit } from "../text/split-units.ts";
import { type MatchedText, matchText, mergeMatches, weighTerms } from "./match-terms.ts";
import { measureUnit, type PreparedSource, type PreparedUnit, type UnitFeatures } from "./measure-unit.ts";
import type { Question } from "./read-question.ts";

/** A unit of one source with all that selection needs to know about it. */
export interface Candidate {
  readonly unit: TextUnit;
  readonly source: PromptSource;
  /** Position of the source among the sources, from 0. */
  readonly rank: number;
  /** Position among the units of its source. */
  readonly position: number;
  readonly stems: readonly string[];
  readonly features: UnitFeatures;
  /** A log-odds: differences between the candidates of one question are what counts. */
  readonly score: number;
}

/**
 * A conditional logit: which unit holds the answer, given that one does. Fitted on the first half of XQuAD and every
 * second question of chunk-spans, then rounded; what those sets do not show (fields, questions, debris) set by hand.
 */
const featureWeights: Readonly<Record<keyof UnitFeatures, number>> = {
  coverage: 5,
  specific: 1.2,
  neighbours: 1,
  focus: 0.8,
  section: 2.5,
  topic: 4,
  heading: 0.3,
  passage: 0.3,
  order: 1.1,
  typeHeld: 0.9,
  typeMissed: -1.1,
  valueMissed: -1,
  instruction: 0.5,
  directed: 2,
  reference: -2.5,
  rank: 2,
  brevity: -1,
  density: 1.6,
  question: -2,
  debris: -2.5,
  label: 5,
  labelMissed: -3,
};

const titleSeparator = " › ";

function scoreFeatures(features: UnitFeatures): number {
  let score = 0;
  for (const [name, weight] of Object.entries(featureWeights)) {
    score += weight * features[name as keyof UnitFeatures];
  }
  return score;
}

function prepareSource(question: Question, source: PromptSource, rank: number): PreparedSource {
  const known = new Map<string, MatchedText>();
  const matchOnce = (text: string) => {
    const match = known.get(text) ?? matchText(question, text);
    known.set(text, match);
    return match;
  };
  let opening = -1;
  let leadIn: readonly number[] | undefined;
  let itemBlock = -1;
  // A title may carry the headings above the passage: "Document › Chapter › Section".
  const [, ...outerHeadings] = source.title.split(titleSeparator);
  const units = splitUnits(source.text, outerHeadings).map((unit, at): PreparedUnit => {
    const depth = at - opening - 1;
    if (unit.kind === "heading") opening = at;
    const section = matchOnce(unit.headings.at(-1) ?? "");
    const above = matchOnce([source.title, ...unit.headings].join(" "));
    const matched = matchText(question, unit.text);
    // A list ends with the first unit that neither is an item nor explains one.
    if (unit.kind !== "item" && unit.block !== itemBlock) leadIn = undefined;
    if (unit.kind === "item") itemBlock = unit.block;
    else if (unit.text.endsWith(":")) leadIn = matched.matches;
    return { unit, section, above, leadIn, depth, ...matched };
  });
  const title = matchOnce(source.title).matches;
  const passageMatches = units.reduce<readonly number[]>(
    (sum, unit) => mergeMatches(sum, unit.matches),
    title,
  );
  return { source, rank, units, passageMatches };
}

/** Cuts the sources into units and scores each against the question; in order of the sources and of their text. */
export function scoreUnits(question: Question, sources: readonly PromptSource[]): Candidate[] {
  const prepared = sources.map((source, rank) => prepareSource(question, source, rank));
  const weights = weighTerms(
    question,
    prepared.flatMap((source) => source.units),
  );
  return prepared.flatMap((source) =>
    source.units.map(({ unit, stems }, position) => {
      const features = measureUnit(question, weights, source, position);
      return {
        unit,
        source: source.source,
        rank: source.rank,
        position,
        stems,
        features,
        score: scoreFeatures(features),
      };
    }),
  );
}
