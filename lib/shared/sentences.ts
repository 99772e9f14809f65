/** Where one sentence stands: `text.slice(start, end)`, without white space around it. */
export interface SentenceRange {
  readonly start: number;
  readonly end: number;
}

/** Ends of sentences: Latin marks before white space, CJK marks anywhere, Devanagari and Arabic ones. */
const END_MARKS = /[.!?…]+["'”’»)\]*_]*(?=\s|$)|[。！？｡]+["”’」』）]*|[।؟۔]+(?=\s|$)/gu;

/** Abbreviations after which a sentence goes on, whatever follows. */
const NEVER_LAST = new Set(
  (
    "mr mrs ms dr prof rev hon gen col lt capt sgt sen rep gov st mt fig figs eq eqs sec art vol ch chap vs cf ed eds " +
    "al approx ca e.g i.e viz resp pp nr bzw z.b d.h u.a ref refs para tab supp"
  ).split(" "),
);

/** Abbreviations that may stand last; then the next word decides. */
const MAYBE_LAST = new Set(
  (
    "inc ltd co corp llc plc dept est jan feb mar apr jun jul aug sep sept oct nov dec etc a.m p.m u.s u.k u.n jr sr " +
    "no ft in lb lbs oz min max hr hrs ave blvd rd"
  ).split(" "),
);

/** Words with which English sentences like to begin: after a doubtful stop they decide for a new sentence. */
const OPENERS = new Set(
  (
    "the a an this that these those it its he she they we you there here in on at for from with by as if when while " +
    "after before since although however but and or so then thus therefore no not all any each both some such what who"
  ).split(" "),
);

const HEADING = /^\s{0,3}#{1,6}\s/;
const ITEM = /^\s*(?:>\s*)*(?:[-*+•‣▪●○]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s+\S/;
const TABLE_ROW = /^\s*\|.*\|\s*$/;
const FENCE_OR_RULE = /^\s*(?:```|~~~|(?:[-*_=]\s*){3,}$)/;
const FIELD = /^\s*(?:\*\*)?\p{Lu}[^.:?!|\n]{0,40}:(?:\*\*)?\s+\S/u;

type LineKind = "blank" | "alone" | "begins" | "flows";

/** `alone`: a sentence of its own. `begins`: starts a block that following lines may go on. */
function lineKind(line: string): LineKind {
  if (line.trim() === "") return "blank";
  if (HEADING.test(line) || TABLE_ROW.test(line) || FENCE_OR_RULE.test(line)) return "alone";
  if (ITEM.test(line) || FIELD.test(line)) return "begins";
  return "flows";
}

/** Cuts the text where no sentence can run on: blank lines, headings, list items, table rows, named fields. */
function splitBlocks(text: string): SentenceRange[] {
  const blocks: SentenceRange[] = [];
  let blockStart = 0;
  const close = (end: number, next: number) => {
    if (end > blockStart) blocks.push({ start: blockStart, end });
    blockStart = next;
  };
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const kind = lineKind(text.slice(start, Math.min(end, start + 400)));
    if (kind !== "flows") close(start, start);
    if (kind === "blank" || kind === "alone") close(end, end);
    start = end + 1;
  }
  close(text.length, text.length);
  return blocks;
}

/** The sentence being read and what is known of its block. */
interface Reading {
  readonly start: number;
  readonly blockEnd: number;
  /** In text written without capitals a small letter after a full stop says nothing. */
  readonly hasCapitals: boolean;
}

/** True when the full stop at `stop` belongs to an abbreviation, an initial or a number. */
function isInnerStop(text: string, stop: number, afterMarks: number, reading: Reading): boolean {
  const { start, blockEnd, hasCapitals } = reading;
  const following = text.slice(afterMarks, Math.min(blockEnd, afterMarks + 60));
  const next = /^\s*["'“‘([]*(\S+)/u.exec(following)?.[1];
  if (next === undefined) return false;
  // "1." or "(a)." before the first words numbers them.
  if (stop - start <= 8 && /^\s*\(?(?:\d{1,3}|\p{L}|[ivx]{1,4})$/u.test(text.slice(start, stop))) return true;
  if (hasCapitals && /^\p{Ll}/u.test(next)) return true;
  const word = /[\p{L}\p{N}][\p{L}\p{N}.]*$/u.exec(text.slice(Math.max(start, stop - 24), stop))?.[0] ?? "";
  const lower = word.toLowerCase();
  if (NEVER_LAST.has(lower)) return true;
  if (lower === "no") return /^\d/.test(next);
  const opensSentence = OPENERS.has(next.toLowerCase().replace(/[^\p{L}]/gu, ""));
  if (MAYBE_LAST.has(lower) || /^(?:\p{L}\.)+\p{L}$/u.test(word)) return !opensSentence;
  // An initial ("J. Smith"), neither the pronoun nor a label such as "Plan B."
  return /^\p{Lu}$/u.test(word) && word !== "I" && /^\p{Lu}/u.test(next) && !opensSentence;
}

function trimmed(text: string, start: number, end: number): SentenceRange | null {
  let from = start;
  let to = end;
  while (from < to && /\s/.test(text[from] ?? "")) from += 1;
  while (to > from && /\s/.test(text[to - 1] ?? "")) to -= 1;
  return from < to ? { start: from, end: to } : null;
}

function splitBlock(text: string, block: SentenceRange, sentences: SentenceRange[]): void {
  let start = block.start;
  const close = (end: number) => {
    const range = trimmed(text, start, end);
    if (range !== null) sentences.push(range);
    start = end;
  };
  const content = text.slice(block.start, block.end);
  const hasCapitals = /\p{Lu}/u.test(content);
  for (const match of content.matchAll(END_MARKS)) {
    const stop = block.start + match.index;
    const end = stop + match[0].length;
    if (match[0].startsWith(".") && isInnerStop(text, stop, end, { start, blockEnd: block.end, hasCapitals }))
      continue;
    close(end);
  }
  close(block.end);
}

/**
 * Cuts text into sentences. The ranges are in order, do not overlap and cover everything but white space. Headings,
 * list items, table rows and named fields ("Date: 3 May") are sentences of their own; a sentence may run over line
 * ends, never over a blank line. Knows the full stops of abbreviations, initials, decimals and numbered items, and the
 * sentence marks of European, CJK, Devanagari, Arabic and Urdu writing.
 */
export function splitSentences(text: string): SentenceRange[] {
  const sentences: SentenceRange[] = [];
  for (const block of splitBlocks(text)) splitBlock(text, block, sentences);
  return sentences;
}
