import { analyseText } from "../../shared/text/search-terms.ts";
import { foldWord } from "../../shared/text/tokenise.ts";
import type { SearchUnderstanding } from "../schema.ts";
import { readQuestionTerms } from "./question-terms.ts";
import { type ReadFilters, readFilters } from "./read-filters.ts";
import { splitParts } from "./split-parts.ts";

/** What must stand in a passage word for word. */
export interface ExactWish {
  readonly kind: "phrase" | "identifier" | "date";
  /** As written in the question. */
  readonly text: string;
  /** As the keyword index has it. */
  readonly terms: readonly string[];
}

/** A question, read. */
export interface UnderstoodQuestion {
  /** The question without operators such as `type:pdf`. */
  readonly text: string;
  readonly route: "keyword" | "hybrid";
  readonly reasons: readonly string[];
  readonly wishes: readonly ExactWish[];
  readonly names: readonly string[];
  readonly filters: ReadFilters;
  readonly parts: readonly string[];
  /** True when it asks for two things side by side. */
  readonly isComparison: boolean;
}

const phrasePattern = /["“„«]([^"“”„«»\n]{2,300}?)["”“»]/gu;
const questionPattern =
  /\?|^\s*(?:who|what|when|where|why|which|how|whose|whom|is|are|was|were|do|does|did|can|could|should|has|have|will|explain|describe|compare|list|tell|wer|was|wann|wo|warum|wie|welche[rsnm]?|qui|que|quoi|quand|où|pourquoi|comment|quel(?:le)?s?|quién|qué|cuándo|dónde|por qué|cómo|cuál(?:es)?)(?![\p{L}\p{N}])/iu;
const comparisonPattern =
  /\b(?:compar(?:e|es|ed|ing|ison)|differences?|differs?|versus|vs\.?|in contrast|both|in common|rather than)\b|\bwhich\b.{3,}\bor\b/iu;
const namePattern =
  /\p{Lu}[\p{L}\p{M}\p{N}'’.&-]*(?:\s+(?:of|the|de|van|von|bin|al)?\s*\p{Lu}[\p{L}\p{M}\p{N}'’.&-]*)*/gu;

function findPhrases(question: string): ExactWish[] {
  return Array.from(question.matchAll(phrasePattern), (match) => match[1]?.trim() ?? "")
    .filter((text) => /[\p{L}\p{N}]/u.test(text))
    .map((text) => ({ kind: "phrase", text, terms: analyseText(text).map(({ term }) => term) }));
}

const ordinaryFigures =
  /^(?:\d+s|\d+(?:[.,:/-]\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?-?[\p{Ll}µ%°/]+|\p{Lu}?\p{Ll}{3,}-?\d+)$/u;

/**
 * The identifier in a word, if it is one: part numbers, clause references, paths, addresses, names of code. Years, sums,
 * measures (`40mg`) and numbered words (`caspase-11`) are ordinary words; `TDP-43-induced` holds `TDP-43`.
 */
function identifierIn(word: string): string | undefined {
  const surface = word.replace(/(?<=\d)(?:-\p{Ll}{4,})+$/u, "");
  const count = (pattern: RegExp) => surface.match(pattern)?.length ?? 0;
  const [letters, capitals, digits] = [count(/\p{L}/gu), count(/\p{Lu}/gu), count(/\p{N}/gu)];
  if (/^\p{Ll}+(?:\p{Lu}\p{Ll}+)+$/u.test(surface)) return surface;
  if (/^\d{4}[-/]\d{2,4}$/.test(surface)) return undefined;
  if (ordinaryFigures.test(surface)) return digits >= 6 && !surface.includes(",") ? surface : undefined;
  if (/[@_\\]/.test(surface)) return letters > 0 ? surface : undefined;
  const isCode =
    letters > 0 &&
    digits >= 2 &&
    letters + digits >= 5 &&
    (capitals > 0 || (digits >= 3 && count(/[-./]/g) > 1));
  const isNumber = letters === 0 && digits >= 6;
  return isCode || isNumber ? surface : undefined;
}

function findWishes(question: string): ExactWish[] {
  const wishes = findPhrases(question);
  const outside = question.replaceAll(phrasePattern, (match) => " ".repeat(match.length));
  const terms = analyseText(outside);
  const read = new Set<string>();
  for (const { term, start, end, isWhole } of terms) {
    const word = outside.slice(start, end);
    if (isWhole && /^d\d{8}$/.test(term)) {
      wishes.push({ kind: "date", text: word, terms: [term] });
      continue;
    }
    if (read.has(word)) continue;
    read.add(word);
    const text = identifierIn(word);
    if (text === undefined) continue;
    wishes.push({
      kind: "identifier",
      text,
      terms: analyseText(text)
        .slice(0, 1)
        .map((first) => first.term),
    });
  }
  const dates = wishes.filter(({ kind }) => kind === "date");
  // The figures of a date are no identifier of their own.
  return wishes.filter(
    ({ kind, text }) => kind !== "identifier" || !dates.some((date) => date.text.includes(text)),
  );
}

function findNames(question: string): string[] {
  const names = (question.match(namePattern) ?? []).map((name) => name.replace(/[.'’&-]+$|['’]s$/u, ""));
  // The first word of a sentence has its capital anyway.
  return names.filter((name) => name.includes(" ") || !question.trimStart().startsWith(name));
}

function chooseRoute(
  question: string,
  wishes: readonly ExactWish[],
  names: readonly string[],
): Pick<UnderstoodQuestion, "route" | "reasons"> {
  const quote = (kind: ExactWish["kind"]) =>
    wishes.filter((wish) => wish.kind === kind).map(({ text }) => `“${text}”`);
  const reasons = [
    ...quote("phrase").map((text) => `${text} is quoted: passages with these very words come first.`),
    ...quote("identifier").map(
      (text) => `${text} looks like an identifier: passages that hold it come first.`,
    ),
    ...quote("date").map((text) => `${text} is a date: it is found however it is written.`),
  ];
  const isQuestion = questionPattern.test(question);
  const exact = new Set(wishes.flatMap(({ text }) => analyseText(text).map(({ term }) => term)));
  const rest = readQuestionTerms(question).terms.filter((term) => !exact.has(term));
  const isName = names.length === 1 && foldWord(names[0] ?? "") === foldWord(question.trim());
  if (!isQuestion && wishes.length > 0 && rest.length <= 1) {
    return { route: "keyword", reasons: [...reasons, "There is no question around it: words decide alone."] };
  }
  if (!isQuestion && isName) {
    return { route: "keyword", reasons: [...reasons, "It is a name and nothing else: words decide alone."] };
  }
  const why = isQuestion ? "It is a question" : "It describes a matter";
  return { route: "hybrid", reasons: [...reasons, `${why}: words and similarity decide together.`] };
}

/** Reads a question before anything is searched. Pure and quick: rules, no model. */
export function understandQuestion(query: string): UnderstoodQuestion {
  const filters = readFilters(query);
  const text = filters.rest === "" ? query : filters.rest;
  const wishes = findWishes(text);
  const names = findNames(text);
  return {
    text,
    wishes,
    names,
    filters,
    ...chooseRoute(text, wishes, names),
    parts: splitParts(text),
    isComparison: comparisonPattern.test(text),
  };
}

/** A query that is taken as it is. */
export function plainQuestion(query: string): UnderstoodQuestion {
  return {
    text: query,
    route: "hybrid",
    reasons: ["The query is taken as it is."],
    wishes: [],
    names: [],
    filters: { rest: query, titles: [], types: [], dates: null },
    parts: [],
    isComparison: false,
  };
}

/** The part of the trace that says how the question was read. */
export function describeUnderstanding(
  question: UnderstoodQuestion,
  filters: SearchUnderstanding["filters"],
  route: SearchUnderstanding["route"],
): SearchUnderstanding {
  const texts = (kind: ExactWish["kind"]) =>
    question.wishes.filter((wish) => wish.kind === kind).map((wish) => wish.text);
  return {
    route,
    reasons: [...question.reasons],
    phrases: texts("phrase"),
    identifiers: texts("identifier"),
    dates: texts("date"),
    names: [...question.names],
    filters,
    parts: [...question.parts],
  };
}
