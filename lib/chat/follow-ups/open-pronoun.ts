import { AUXILIARY, contentWords, wordsOf } from "./question-words.ts";

/** A word that points at something the question itself does not name. */
export interface OpenPronoun {
  readonly word: string;
  readonly index: number;
  /** `person`, `thing`, `several`, or `situation` for what stands for a whole statement ("Why is that?"). */
  readonly kind: "person" | "thing" | "several" | "situation";
}

const KINDS: Readonly<Record<string, OpenPronoun["kind"]>> = {
  it: "thing",
  its: "thing",
  he: "person",
  him: "person",
  his: "person",
  she: "person",
  her: "person",
  hers: "person",
  they: "several",
  them: "several",
  their: "several",
  theirs: "several",
};

const POSSESSIVE = /^(?:its|his|her|their)$/i;

/** Where a new clause begins: behind it a pronoun may mean what stood before it. */
const CLAUSE_BREAK =
  /[,;:]|\b(?:says?|said|announced?|claim(?:s|ed)?|states?|stated|thinks?|thought|believed?s?|promised?|decided?)\b|\b(?:and|but|or|when|if|after|before|while|because|that|who|which|where|since|until|once|unless|although|so|whether)\b/gi;

/** "Is it allowed to …", "How long does it take to …": this `it` stands for what follows. */
const EMPTY_IT = [
  /\b(?:is|was|would|will|be|isn['’]t) it (?:be )?(?:\w+ )?(?:allowed|possible|legal|illegal|lawful|necessary|required|forbidden|permitted|mandatory|compulsory|customary|better|best|worth|true|safe|ok(?:ay)?|common|usual|important|easy|hard|difficult|enough|advisable|known|said|thought|believed)\b(?=.*\b(?:to|that|for|if|when)\b)/i,
  /\b(?:does|did|will|would|can|may) it (?:usually |normally )?(?:take|cost|require|need|mean|matter|happen)\b(?=.*\b(?:to|that|if|when)\b)/i,
  /\bit (?:is|was|takes|took) (?:\w+ )?(?:\w+ )?(?:to|that)\b/i,
  /\b(?:is|was) it (?:\w+ )?(?:called|like|named)\b(?= (?:when|if|to|that))/i,
];

const PERSON_NOUN =
  /\b(?:someone|somebody|anyone|anybody|everyone|nobody|person|people|visitor|employee|worker|member|user|customer|client|patient|tenant|manager|student|teacher|guest|driver|owner|child|man|woman|author|director)s?\b/i;
const NAME = /(?<=\S\s+)\p{Lu}[\p{L}'’-]+/u;
const NOUN_PHRASE =
  /\b(?:the|an?|any|each|every|some|no|our|my|your|two|three|many|both|all|other)\s+[\p{L}\p{N}]/iu;
const PLURAL =
  /\b(?!is\b|was\b|does\b|has\b|this\b|its\b|his\b|us\b|across\b|less\b)\p{L}{2,}s\b|\b(?:people|children|staff|women|men|data)\b/iu;

/** True when the question itself names what the pronoun stands for. */
function isNamedBefore(
  question: string,
  pronoun: Omit<OpenPronoun, "kind">,
  kind: OpenPronoun["kind"],
): boolean {
  const before = question.slice(0, pronoun.index);
  // "Other than his discoveries, what was Tesla famous for?"
  const isAhead =
    POSSESSIVE.test(pronoun.word) &&
    /^\s*(?:in|other|outside|because|besides|apart|despite|during|before|after)\b/i.test(before);
  if (isAhead && NAME.test(question.slice(pronoun.index))) return true;
  // "Which prizes did she win": the subject follows its verb, what stands before is what is asked for.
  if (!POSSESSIVE.test(pronoun.word) && /^\s*(?:\S+\s+){1,5}$/.test(before) && !/[,;:]/.test(before)) {
    const [first = "", ...rest] = wordsOf(before);
    const last = rest.at(-1) ?? first;
    const isFocus = /^(?:which|what|how|whose|who|where|when|why)$/.test(first) && AUXILIARY.test(last);
    if (isFocus && !rest.slice(0, -1).some((word) => AUXILIARY.test(word))) return false;
  }
  const breaks = [...before.matchAll(CLAUSE_BREAK)];
  const lastBreak = breaks.at(-1);
  if (lastBreak === undefined && !POSSESSIVE.test(pronoun.word)) return false;
  const earlier = POSSESSIVE.test(pronoun.word) ? before : before.slice(0, lastBreak?.index ?? 0);
  if (kind === "person") return NAME.test(earlier) || PERSON_NOUN.test(earlier);
  if (kind === "several")
    return PLURAL.test(earlier) || PERSON_NOUN.test(earlier) || NOUN_PHRASE.test(earlier);
  return (
    NOUN_PHRASE.test(earlier) || NAME.test(earlier) || /\b(?:who|what)\s+\w+\s+\p{L}{4,}/iu.test(earlier)
  );
}

/** "this", "that", "these", "those", "one", "there", "then" where they point back. */
const DEMONSTRATIVES = [
  /\b(?:this|these|those)\b(?! (?:year|month|week|day|morning|evening|quarter|who|which|that|of|to|with|in|from|at|on|for|under))/i,
  /(?:^|\b(?:is|was|are|were|do|does|did|can|could|will|would|should|must|has|have|about|of|on|for|to|from|with|in|by|at|like|after|before|than|explain|mean|do|why|how)\s+)that(?=\s*[?!.,]|\s+(?:in|on|for|from|with|at|to|by|mean|work|happen|apply|change|affect|cost|include|overwrite|cover|take|make|also|still|true|possible|allowed|correct|\p{L}+\?|\p{L}+ing\b))/iu,
  /\bthat\s*[?!.]*$/i,
  /\b(?:get|need|have|buy|use|want|make|create|another|which|first|second|third|last|other|new|old|bigger|smaller|better|cheaper|this|that|each)\s+ones?(?=\s*(?:[?!.,]|$|\s(?:is|are|was|were|has|have|can|should|would|do|does|did)\b))/i,
  /(?<!\b(?:is|are|was|were|be|been) )\b(?:there|then|thereafter|therein|thereof|likewise|former|latter|aforementioned)\s*[?!.]*$/i,
  /\bthe (?:former|latter|same)\b/i,
];

const SHORT_ANAPHORS = /\b(?:else|others?|another|above|previous|such|same|either|neither|both)\b/i;

/** How many words of a subject a question may have and still hang on "else", "another", "same". */
const SHORT_WORDS_MAX = 1;

/** The first word of a question that points outside it; undefined when it stands by itself. */
export function findOpenPronoun(question: string): OpenPronoun | undefined {
  const emptyIt = EMPTY_IT.map((pattern) => pattern.exec(question)).find((match) => match !== null);
  for (const match of question.matchAll(
    /(?<![\p{L}\p{N}'’-])(?:its?|he|him|his|she|hers?|they|them|theirs?)(?![\p{L}\p{N}-])/giu,
  )) {
    const word = match[0];
    // "IT" and "US" are no pronouns.
    if (word === "IT" || word === "ITS") continue;
    const isEmpty =
      /^it$/i.test(word) &&
      emptyIt != null &&
      match.index >= emptyIt.index &&
      match.index < emptyIt.index + emptyIt[0].length;
    if (isEmpty) continue;
    const kind = KINDS[word.toLowerCase()] ?? "thing";
    if (!isNamedBefore(question, { word, index: match.index }, kind))
      return { word, index: match.index, kind };
  }
  return findDemonstrative(question);
}

function findDemonstrative(question: string): OpenPronoun | undefined {
  for (const pattern of DEMONSTRATIVES) {
    const match = pattern.exec(question);
    if (match === null) continue;
    const earlier = question.slice(0, match.index);
    // "Who discovered penicillin and how did that change medicine?" says itself what "that" is.
    if (/[,;]|\band\b/i.test(earlier) && contentWords(earlier).length > 1) continue;
    return { word: match[0].trim(), index: match.index, kind: "situation" };
  }
  const short = SHORT_ANAPHORS.exec(question);
  if (short !== null && contentWords(question.replace(SHORT_ANAPHORS, "")).length <= SHORT_WORDS_MAX)
    return { word: short[0], index: short.index, kind: "situation" };
  return undefined;
}
