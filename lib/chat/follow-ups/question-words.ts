import { isFunctionWord } from "../../shared/text/common-words.ts";

/** Words that ask for more of the same and name no subject of their own. */
const REQUEST_WORDS = new Set(
  (
    "again another anything case clarify continue detail details else elaborate everything example examples exactly explain expand " +
    "further give go happened happens know last later list mean means more order other please point points really reason reasons show " +
    "simple simply something step steps sum summarise summarize summary tell terms thing things true way word words explanation next " +
    "earlier mehr genauer bitte beispiel warum wieso weshalb seit wozu pourquoi davantage exemple combien mas ejemplo porque cuanto perche quanto"
  ).split(" "),
);

/** Question words that another adverb can stand in for: "When was it replaced?" becomes "Why was it replaced?". */
export const ADVERB_QUESTION =
  /^(?:when|where|why|how(?: (?:often|long|soon|far|late|early|quickly|fast|regularly))?|(?:since|until) when|by whom|with whom|from where)(?=\s|$)/i;

/** Verbs that open a question or stand behind its first word. */
export const AUXILIARY =
  /^(?:is|are|was|were|am|be|been|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)$/i;

/** Words of a text in lower case, in order. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’_-]*/gu) ?? [];
}

function isEmptyWord(word: string): boolean {
  const plain = word.normalize("NFKD").replaceAll(/\p{M}/gu, "").replaceAll("’", "'");
  return isFunctionWord(plain) || REQUEST_WORDS.has(plain);
}

/** The words of a question that name a subject. */
export function contentWords(text: string): string[] {
  return wordsOf(text).filter((word) => !isEmptyWord(word));
}

/** True when the rules for English sentences may be tried. */
export function isEnglish(text: string): boolean {
  return /\b(?:the|what|which|who|whose|how|when|where|why|does|did|is|are|was|were|can|should|of|and|about)\b/i.test(
    text,
  );
}

/** Openings that hang on what was said before, in the languages people ask in most. */
const OPENING =
  /^[\s¿¡]*(?:(?:and|or|but|also|ok(?:ay)?|so|und|oder|aber|et|mais|y|pero|e|ma|или|а|и)\b[\s,:]*)?/iu;
const ABOUT = /^(?:what|how) about\s+/i;

/** What stands behind an opening such as "and" or "what about", and whether there was one. */
export function withoutOpening(question: string): { text: string; hasOpening: boolean; isAbout: boolean } {
  const trimmed = question.trim();
  // No `\b` behind Cyrillic letters: JavaScript's word boundaries know Latin only.
  const opening = /^[\s¿¡]*(?:и|а|или)\s+/iu.exec(trimmed)?.[0] ?? OPENING.exec(trimmed)?.[0] ?? "";
  const rest = trimmed.slice(opening.length);
  const about = ABOUT.exec(rest)?.[0] ?? "";
  return {
    text: rest.slice(about.length).replace(/[\s?!.]+$/, ""),
    hasOpening: /\p{L}/u.test(opening) || about !== "",
    isAbout: about !== "",
  };
}
