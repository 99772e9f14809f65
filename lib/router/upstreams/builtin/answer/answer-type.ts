import { measureNumber } from "./measure-number.ts";

/** What a question expects to see in its answer. */
export type AnswerType = "date" | "number" | "person" | "place" | "reason" | "manner" | "definition";

const questionPatterns: readonly (readonly [AnswerType, RegExp])[] = [
  [
    "date",
    /\bwhen\b|\b(?:what|which|on what|in what|in which)\s+(?:\w+\s+)?(?:year|date|day|month|century|decade|time|deadline)\b|\bwann\b|\bcuándo\b|\bquand\b|когда|ne zaman|什么时候|何时|哪一年|متى/i,
  ],
  [
    "number",
    /\bhow\s+(?:many|much|long|old|far|large|big|tall|high|deep|wide|fast|often|heavy|late|soon)\b|\bwhat\s+(?:\w+\s+){0,4}(?:percent|percentage|number|amount|share|proportion|population|size|price|cost|fee|total|sum|rate|limit|length|height|weight|age|score|ratio|temperature|speed|distance|area|value|version)\b|\bwie\s+viele?\b|\bcuánt[oa]s?\b|\bcombien\b|сколько|\bkaç\b|多少|几/i,
  ],
  [
    "person",
    /\bwho(?:m|se)?\b|\bwhich\s+(?:person|man|woman|player|author|king|queen|scientist|president)\b|\bwer\b|\bwem\b|\bwen\b|\bquién(?:es)?\b|\bqui\b|кто|\bkim\b|谁/i,
  ],
  [
    "place",
    /\bwhere\b|\b(?:what|which)\s+(?:\w+\s+)?(?:country|city|town|state|place|region|river|location|building|continent|county|street|address|airport)\b|\bwo\b|\bwoher\b|\bwohin\b|\bdónde\b|где|откуда|куда|\bnerede\b|哪里|在哪/i,
  ],
  [
    "reason",
    /\bwhy\b|\b(?:what|which)\s+(?:\w+\s+){0,4}(?:reason|cause|caused|causes|led)\b|\bhow come\b|\bwarum\b|\bweshalb\b|\bpor qué\b|\bpourquoi\b|почему|зачем|\bneden\b|为什么|لماذا/i,
  ],
  [
    "manner",
    /\bhow\s+(?:do|does|can|could|should|would|may|to|is|are|did|was|were|might|must|will)\b|\b(?:steps?|procedure|instructions?|way)\s+(?:to|for|of)\b|\bwie\s+(?:kann|wird|werden|wurde)\b/i,
  ],
  [
    "definition",
    /^\s*(?:what|who)\s+(?:is|are|was|were)\s+(?:an?\s+|the\s+)?(?:\S+\s*){1,4}\?*\s*$|\bwhat\s+does\s+.{1,60}\bmean\b|\b(?:define|definition of|meaning of)\b/i,
  ],
];

const valuePattern =
  /\bwhen\s+(?:did|was|were|is|are|will|has|had|must|does|do)\b|\b(?:what|which)\s+(?:year|date|day|month)\b|\bhow\s+(?:many|much|old|tall|high|heavy|large)\b|^\W*(?:\w+\s+){0,2}who(?:m|se)?\b/i;

/** True for a question that only a date, a figure or somebody's name or role can answer. */
export function asksForValue(question: string): boolean {
  return valuePattern.test(question);
}

/** The kinds of answer the wording of a question asks for; empty when it does not tell. */
export function expectedTypes(question: string): AnswerType[] {
  return questionPatterns.filter(([, pattern]) => pattern.test(question)).map(([type]) => type);
}

const months =
  "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre";
const datePattern = new RegExp(
  `(?<!\\d[-/]|\\b\\p{L}[-/])\\b(?:1[0-9]{3}|20[0-9]{2})(?:s|\\b)|\\b\\d{1,2}[./-]\\d{1,2}[./-]\\d{2,4}\\b|\\b\\d{4}-\\d{2}-\\d{2}\\b|\\b(?:\\d{1,2}\\.?\\s+)?(?:${months})\\.?\\s+\\d{1,4}\\b|\\b\\d{1,2}(?:st|nd|rd|th)?\\.?\\s+(?:of\\s+)?(?:${months})\\b|\\b\\d{1,2}:\\d{2}\\b|\\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\\b|\\bcentur(?:y|ies)\\b|\\b(?:today|yesterday|tomorrow|midnight|noon)\\b|\\b(?:within|after|before|every)\\s+(?:\\w+\\s+)?(?:minute|hour|day|week|month|year)s?\\b`,
  "giu",
);
const namePattern =
  /\p{Lu}[\p{L}'’.-]*(?:\s+(?:(?:of|de|von|van|der|da|di|al|bin|the)\s+)?\p{Lu}[\p{L}'’.-]*)*/gu;
const personCuePattern =
  /\b(?:mr|mrs|ms|dr|prof|sir|king|queen|president|captain|director|manager|engineer|professor|author|minister|officer|pilot|supervisor|inspector|chair(?:man|woman|person)?|administrators?|editors?|owners?|team|anyone|anybody|everyone|everybody|nobody|no one|members?|users?|customers?|guests?|operators?|employees?|staff|admins?)\b/iu;
const agentPattern = /\b[Bb]y\s+\p{Lu}/u;
const placePattern =
  /\b(?:in|at|on|near|from|to|into|under|inside|outside|within|through|across|between|along|via|beside|behind|above|below)\s+(?:the\s+)?[\p{Lu}"“*\d]|\b(?:located|situated|north|south|east|west|city|country|tab|menu|page|panel|section|folder|room|building|corner|settings|sidebar)\b/u;
const reasonPattern =
  /\b(?:because|due to|since|so that|in order to|as a result|caus(?:e|es|ed|ing)|reasons?|therefore|thus|owing to|thanks to|led to|leads? to|result(?:s|ed|ing)? (?:in|from)|so as to|to (?:avoid|ensure|prevent|allow|keep|protect|make|help))\b|\bweil\b|\bporque\b|\bparce que\b|потому/iu;
const mannerPattern =
  /^(?:\W*)(?:click|select|choose|open|press|go|enter|type|drag|drop|add|create|set|use|run|install|copy|paste|remove|turn|switch|navigate|make|ensure|check|start|sign|log|upload|download|save|send|share|tap|pick|fill|call|write|put|replace|place|provide|configure|include|define|specify|ask|give|then|first|next|finally)\b|\bby\s+\p{L}+ing\b|\byou (?:can|should|must|need|may)\b|\busing\b|\bfollow(?:ing|s)?\b|\bmust be\b|\bcan be\b/iu;
const definitionPattern =
  /\b(?:is|are|was|were|means|refers to|denotes|describes|stands for|consists of|defined as|known as|called)\b/iu;

const loneNameShare = 0.6;
const bareYearShare = 0.4;
const bareYearPattern = /^\s*\d{4}s?\s*$/;

/** How fully the text dates something: a bare year is less than a day, unless the year was asked for. */
export function measureDate(text: string, questionWords: ReadonlySet<string>): number {
  let found = 0;
  for (const [match] of text.matchAll(datePattern)) {
    if (questionWords.has(match.trim().toLowerCase())) continue;
    if (!bareYearPattern.test(match) || questionWords.has("year")) return 1;
    found = bareYearShare;
  }
  return found;
}

/**
 * How surely the text names someone the question did not: 1 for "by Name", a title or a name of several words, less
 * for a single capitalised word (which may be a brand or a place), 0 for none. The first word of a sentence is no name.
 */
export function measureName(text: string, questionWords: ReadonlySet<string>): number {
  if (personCuePattern.test(text) || agentPattern.test(text)) return 1;
  let found = 0;
  for (const match of text.matchAll(namePattern)) {
    const words = match[0].toLowerCase().split(/\s+/);
    const isNew = words.some((word) => !questionWords.has(word.replace(/['’]s$|[.'’]+$/g, "")));
    if (isNew && words.length > 1) return 1;
    if (isNew && match.index > 0) found = loneNameShare;
  }
  return found;
}

/** Does the text hold what this type of question wants, and not just what the question said itself? */
export function holdsType(text: string, type: AnswerType, questionWords: ReadonlySet<string>): boolean {
  switch (type) {
    case "date":
      return measureDate(text, questionWords) > 0;
    case "number":
      return measureNumber(text, questionWords) > 0;
    case "person":
      return measureName(text, questionWords) > 0;
    case "place":
      return placePattern.test(text);
    case "reason":
      return reasonPattern.test(text);
    case "manner":
      return mannerPattern.test(text);
    case "definition":
      return definitionPattern.test(text);
  }
}
