/**
 * A semantic cache as a trial: why it is not in the program is in docs/decisions/013-semantic-cache.md. It gives the
 * stored answer of a question that is alike by its embedding and equal in everything that must not differ: numbers,
 * negations, quoted words, names, question words, opposites and, for names, their order.
 */
import { embedTexts } from "../../lib/router/upstreams/builtin/index.ts";

/** The words of which one turns the meaning of a question round. */
const NEGATIONS =
  /\b(?:not|no|never|none|neither|nor|without|except|unless|cannot|\w+n['’]t|fail\w*|lack\w*|un(?:able|like\w*))\b/giu;

/** Pairs of which only one side may stand in a question; equal sides are required. */
const OPPOSITES =
  /\b(?:first|last|before|after|since|until|more|less|most|least|fewer|maxim\w*|minim\w*|highest|lowest|largest|smallest|increas\w*|decreas\w*|reduc\w*|enabl\w*|disabl\w*|start\w*|stop\w*|begin\w*|began|end\w*|win\w*|won|los[et]\w*|buy\w*|bought|sell\w*|sold|add\w*|remov\w*|open\w*|clos\w*|import\w*|export\w*|above|below|over|under|in|out|from|to|by|allow\w*|forbid\w*|prevent\w*|cause\w*|support\w*|oppos\w*|all|any|some|only|both|each|every)\b/giu;

const QUESTION_WORDS =
  /\b(?:who|whom|whose|when|where|why|which|what|how(?: (?:many|much|long|far|often|old))?)\b/giu;

const NUMBER_WORDS =
  /\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|half|third|quarter|second|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow)\b/giu;

function found(text: string, pattern: RegExp): string[] {
  return (text.match(pattern) ?? []).map((match) => match.toLowerCase());
}

/** Capitalised words that do not begin the question, in their order. */
function names(text: string): string[] {
  return [...text.matchAll(/(?<=[\p{L}\d,;:)"'’] )["'(]?(\p{Lu}[\p{L}\d'’.-]*)/gu)].map((match) =>
    (match[1] ?? "").replace(/['’]s$/u, "").toLowerCase(),
  );
}

/** Everything that must be equal, as one text. */
export function exactPoints(text: string): string {
  return JSON.stringify([
    found(text, /\d[\d.,:/-]*/gu),
    found(text, NUMBER_WORDS).toSorted(),
    found(text, NEGATIONS).length,
    found(text, /["“”«»][^"“”«»]+["“”«»]|`[^`]+`/gu),
    names(text),
    found(text, QUESTION_WORDS).toSorted(),
    found(text, OPPOSITES).toSorted(),
  ]);
}

/** The same without the guard of question words and opposites: what issue and peers ask for at least. */
export function basicPoints(text: string): string {
  return JSON.stringify([
    found(text, /\d[\d.,:/-]*/gu),
    found(text, NUMBER_WORDS).toSorted(),
    found(text, NEGATIONS).length,
    found(text, /["“”«»][^"“”«»]+["“”«»]|`[^`]+`/gu),
    names(text).toSorted(),
  ]);
}

/** How alike two texts are for the built-in embedder, -1 to 1. */
export function similarity(left: string, right: string): number {
  const [a, b] = embedTexts([left, right]);
  let sum = 0;
  for (const [index, value] of (a ?? new Float32Array()).entries()) sum += value * (b?.[index] ?? 0);
  return sum;
}
