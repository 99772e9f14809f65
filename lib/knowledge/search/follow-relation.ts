import { foldWord } from "../../shared/text/tokenise.ts";

/** Words that point from one thing to another, and beginnings of the words by which a text states the same. */
const relationClues = `director direct|composer compos music score|author writ wrot novel book|writer writ wrot|screenwriter writ wrot screenplay|performer perform sung
sing song record band artist|singer sing sung song record|artist record paint song|producer produc|founder found establish|owner own acqui|creator creat|inventor invent|designer
design|architect architect design built|editor edit|publisher publish|husband marri husband wife spouse|wife marri wife husband spouse|spouse marri husband wife spouse|father father
son daughter child born|mother mother son daughter child born|parent father mother son daughter parent born|child son daughter child father mother|son son father mother|daughter daughter
father mother|brother brother sibling sister|sister sister sibling brother|sibling brother sister sibling|grandfather father grandfather son grandson daughter|grandmother mother grandmother
son granddaughter daughter|grandparent father mother son daughter grandfather|father-in-law marri son daughter father|mother-in-law marri son daughter mother|child-in-law son daughter
marri|stepmother father marri son|stepfather mother marri son|uncle uncle brother nephew|aunt aunt sister nephew|nephew nephew uncle aunt|niece niece uncle aunt|successor succe
follow|predecessor succe preced|president president|chairman chair|chair chair|ceo ceo chief|manager manag|head head led lead|leader lead led|landlord landlord lessor owner|tenant
tenant lessee|supplier suppl deliver|manufacturer manufactur made built produc|maker made built produc|vendor vendor sold sell suppl|contractor contract|employer employ work|auditor
audit|insurer insur|customer customer client|subsidiary subsidiar|parent owned subsidiar`;

const cluesOf = new Map<string, readonly string[]>();
for (const group of relationClues.split("|")) {
  const [noun = "", ...clues] = group.trim().split(/\s+/);
  cluesOf.set(noun, [...(cluesOf.get(noun) ?? []), ...clues]);
}

/** A thing the question reaches through another: the `director` of a film that it names. */
export interface AskedRelation {
  readonly noun: string;
  readonly clues: readonly string[];
}

/** Relations in a question, in order, each once; plurals count. */
export function findRelations(question: string): AskedRelation[] {
  const words = foldWord(question).match(/[\p{L}-]+/gu) ?? [];
  const nouns = words.map((word) => (cluesOf.has(word) ? word : word.replace(/s$/, "")));
  return [...new Set(nouns)].flatMap((noun) => {
    const clues = cluesOf.get(noun);
    return clues === undefined ? [] : [{ noun, clues }];
  });
}

const namePattern =
  /\p{Lu}[\p{L}\p{M}'’.-]*(?:\s+(?:(?:of|the|de|del|della|di|da|du|la|le|von|van|der|den|bin|ibn|al|el|y|and)\s+){0,2}(?:\p{Lu}[\p{L}\p{M}'’.-]*|\d+\b))*/gu;
const NAMES_MAX = 8;

function namesIn(sentence: string): string[] {
  return (sentence.match(namePattern) ?? []).map((name) => name.replace(/[.'’,-]+$|['’]s$/u, ""));
}

/**
 * Names in a text that may stand for the far end of a relation: those of sentences that state it come first, then the
 * others; what the question itself names is left out.
 */
export function findFarNames(
  relations: readonly AskedRelation[],
  text: string,
  known: readonly string[],
): string[] {
  const knownText = foldWord(known.join(" \n "));
  const clues = relations.flatMap((relation) => relation.clues);
  // An initial (`Albert S. Rogell`) ends no sentence.
  const sentences = text.split(/(?<=[^\s.]{2}[.!?])\s+|\n+/);
  const states = (sentence: string) => {
    const words = foldWord(sentence).match(/\p{L}+/gu) ?? [];
    return clues.some((clue) => words.some((word) => word.startsWith(clue)));
  };
  const stating = sentences.filter(states);
  const names = (stating.length > 0 ? stating : sentences).flatMap(namesIn);
  return [...new Set(names)]
    .filter((name) => name.length > 2 && !knownText.includes(foldWord(name)))
    .slice(0, NAMES_MAX);
}
