import { AUXILIARY, wordsOf } from "./question-words.ts";

/** A part of a question: `question.slice(start, end)`. */
export interface Phrase {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A noun phrase that hangs on a preposition. */
export interface PrepositionPhrase extends Phrase {
  readonly preposition: string;
  /** The phrase without its preposition. */
  readonly object: Phrase;
}

const PREPOSITION =
  /^(?:of|in|on|at|for|from|to|by|with|without|under|over|during|between|against|into|within|across|per|about|near|through|until|since|after|before|as|via)$/i;
const DETERMINER = /^(?:the|an?|our|my|your|this|that|these|those|any|each|every|some)$/i;
const STOP =
  /^(?:and|or|but|when|if|while|because|who|which|where|not|so|than|then|also|usually|normally|by|default|long|often|much|early|late|last|first)$/i;
const PARTICIPLES = new Set(
  (
    "built kept made held written born sent paid sold found given taken done stored put set cut left lost won met read said seen shown " +
    "shut spent stood taught told thought understood worn broken chosen drawn driven eaten fallen grown known hidden driven run begun " +
    "brought bought caught felt fed laid led lent meant hurt let quit split spread"
  ).split(" "),
);
/** Verbs in the form that follows "does" and "can"; nouns of the same form are rarer in that place. */
const BASE_VERBS = new Set(
  (
    "accept add affect allow answer appear apply approve arrive ask become begin belong break bring build buy call carry cause change charge " +
    "check choose close come connect contain contribute cost cover create cut deal define deliver depend describe determine do drink drop " +
    "earn eat end ensure enter exclude exist expire explain fail fall find finish follow forbid get give go grow handle happen have help hold " +
    "include increase inspect install keep know last lead leave let lie limit listen live look lose maintain make manage mean measure meet mention " +
    "mind move need offer open operate own pay perform permit play prevent produce prohibit protect provide publish put reach read receive " +
    "recommend record refer release remain remove replace report require respond rest return rise run say see sell send serve set show sign " +
    "sit sleep specify spend stand start state stay stop store suffer suggest supply support take teach tell test travel treat turn use visit " +
    "wait want wear win work write"
  ).split(" "),
);

interface Token extends Phrase {
  readonly lower: string;
  /** Punctuation follows: no phrase goes beyond it. */
  readonly isLast: boolean;
}

function tokensOf(question: string): Token[] {
  return Array.from(
    question.matchAll(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’_./-]*[\p{L}\p{M}\p{N}]|[\p{L}\p{N}]/gu),
    (match) => {
      const end = match.index + match[0].length;
      return {
        start: match.index,
        end,
        text: match[0],
        lower: match[0].toLowerCase(),
        isLast: /^\s*[,;:?!.()]/.test(question.slice(end)) || end === question.length,
      };
    },
  );
}

function phraseOf(question: string, start: number, end: number): Phrase {
  return { start, end, text: question.slice(start, end) };
}

/** True for the word that ends a phrase before it: a verb, a preposition, a conjunction. */
function endsPhrase(token: Token, count: number, needsVerb: boolean): boolean {
  const { lower } = token;
  if (PREPOSITION.test(lower) || AUXILIARY.test(lower) || STOP.test(lower) || DETERMINER.test(lower))
    return true;
  if (count === 0) return false;
  const isCapital = /^\p{Lu}/u.test(token.text);
  if (isCapital) return false;
  if (/[a-z]{2,}ed$/.test(lower) || PARTICIPLES.has(lower)) return true;
  return needsVerb && BASE_VERBS.has(lower);
}

/** The end of the noun phrase that begins at a token; undefined where there is none. */
function readPhrase(tokens: readonly Token[], from: number, needsVerb: boolean): number | undefined {
  let index = from;
  while (index < tokens.length && DETERMINER.test(tokens[index]?.lower ?? "")) index += 1;
  let count = 0;
  while (index < tokens.length) {
    const token = tokens[index];
    if (token === undefined || endsPhrase(token, count, needsVerb)) break;
    count += 1;
    index += 1;
    if (token.isLast) break;
  }
  if (count === 0) return undefined;
  // "does the web server listen on": the word before a preposition that nothing follows is the verb.
  const next = tokens[index];
  if (needsVerb && count > 1 && next !== undefined && PREPOSITION.test(next.lower) && next.lower !== "of")
    index -= 1;
  return index;
}

/** The phrases of a question that stand behind prepositions, in order. */
export function prepositionPhrases(question: string): PrepositionPhrase[] {
  const tokens = tokensOf(question);
  const phrases: PrepositionPhrase[] = [];
  for (const [index, token] of tokens.entries()) {
    if (!PREPOSITION.test(token.lower) || token.isLast) continue;
    const end = readPhrase(tokens, index + 1, false);
    const [first, last] = [tokens[index + 1], end === undefined ? undefined : tokens[end - 1]];
    if (first === undefined || last === undefined || end === undefined || end <= index + 1) continue;
    phrases.push({
      ...phraseOf(question, token.start, last.end),
      preposition: token.lower,
      object: phraseOf(question, first.start, last.end),
    });
  }
  return phrases;
}

/** The thing a question is about: its first phrase with a determiner, or else its first name. Undefined for none. */
export function subjectPhrase(question: string): Phrase | undefined {
  const tokens = tokensOf(question);
  const verb = tokens.findIndex(({ lower }) => AUXILIARY.test(lower));
  const needsVerb =
    verb >= 0 &&
    /^(?:do|does|did|can|could|will|would|shall|should|may|might|must)$/.test(tokens[verb]?.lower ?? "");
  for (const [index, token] of tokens.entries()) {
    if (!/^(?:the|an?|our|my|your)$/.test(token.lower)) continue;
    const end = readPhrase(tokens, index, needsVerb);
    const last = end === undefined ? undefined : tokens[end - 1];
    if (last !== undefined && last !== token) return phraseOf(question, token.start, last.end);
  }
  return namesIn(question)[0];
}

/** A phrase with the phrases behind it that belong to it: "the lease" of "Unit 4". */
export function withComplements(question: string, phrase: Phrase): Phrase {
  let { end } = phrase;
  for (const next of prepositionPhrases(question)) {
    const isAttached =
      /^(?:of|for|in|on|at|to|with|by)$/.test(next.preposition) &&
      /^\s$/.test(question.slice(end, next.start));
    if (isAttached) end = next.end;
  }
  return phraseOf(question, phrase.start, end);
}

const NAME_JOINT = /^\s(?:(?:of|the|de|la|van|von|der|den|di|du|del|and|&)\s){0,2}$/i;

/** Names and identifiers: runs of words with a capital or a number in them, the first word of a sentence left out. */
export function namesIn(text: string): Phrase[] {
  const names: Phrase[] = [];
  let isSentenceStart = true;
  for (const token of tokensOf(text)) {
    const isName = /^\p{Lu}/u.test(token.text) || /\d/.test(token.text) || /[_/]/.test(token.text);
    if (isName && !(isSentenceStart && /^\p{Lu}\p{Ll}*$/u.test(token.text) && isOpening(token.lower))) {
      const last = names.at(-1);
      const between = last === undefined ? "" : text.slice(last.end, token.start);
      const isJoined =
        last !== undefined && (between === " " || (NAME_JOINT.test(between) && /^\p{Lu}/u.test(token.text)));
      if (isJoined && last !== undefined) names.splice(-1, 1, phraseOf(text, last.start, token.end));
      else names.push(phraseOf(text, token.start, token.end));
    }
    isSentenceStart = token.isLast && /^\s*[?!.:]/.test(text.slice(token.end));
  }
  return names;
}

const OPENINGS = new Set(
  wordsOf(
    "what which who whom whose when where why how is are was were do does did can could will would should may might must has have had " +
      "the a an in on at for from to by with and or but also tell explain give list show describe name if it he she they there this that " +
      "these those its his her their as after before during since no yes not under",
  ),
);

function isOpening(lower: string): boolean {
  return OPENINGS.has(lower);
}
