/**
 * How a server treats a text that another began. `exact`: it goes on right after the last character. `anew`: it begins
 * a turn of its own, without the blank that would stand before its first word. `unknown`: it may do either.
 */
export type ContinuationManner = "exact" | "anew" | "unknown";

/** Shorter overlaps are taken for chance: "the" after "the" is no repetition. */
const MIN_OVERLAP_CHARACTERS = 8;

/** A server that goes on exactly where the text stops has no reason to repeat it: chance again, up to this length. */
const MIN_PREFILLED_OVERLAP_CHARACTERS = 24;

/** A text that began like the shown one for so long and then went another way was told anew, not continued. */
const MIN_RESTART_CHARACTERS = 48;

/** A preamble ends within so many characters, or there is none. */
const MAX_PREAMBLE_CHARACTERS = 240;

/** The end of the shown text that a preamble's text is searched for. */
const TAIL_CHARACTERS = 32;

/** Words with which models announce that they go on. */
const PREAMBLE =
  /^\s*(?:sure|certainly|of course|absolutely|okay|ok|continuing|here(?:'s| is)|resuming|picking up|let me continue|i(?:'ll| will) continue|apologies|sorry)\b/i;

/** An announcement that is over: up to a colon, dots or the end of its line. */
const WHOLE_PREAMBLE =
  /^\s*(?:sure|certainly|of course|absolutely|okay|ok|continuing|here(?:'s| is)|resuming|picking up|let me continue|i(?:'ll| will) continue|apologies|sorry)\b[^\n:…]{0,200}?(?::|…|\.\.\.|\n)\s*/i;

/**
 * Joins the text of a second model to what a first one has shown before it broke off. The second was given the shown
 * text as its own beginning. Some servers go on exactly there; others tell the whole answer again, repeat its last
 * sentence, or announce what they do. What repeats the shown text, and an announcement, is cut; the rest is handed on
 * as soon as it is clear that it is new.
 */
export class ContinuationJoiner {
  readonly #shown: string;
  readonly #manner: ContinuationManner;
  readonly #needsSpace: boolean;
  readonly #minOverlap: number;
  #held = "";
  #isDecided = false;
  #isThrough = false;
  #isDiverged = false;

  /**
   * @param shown what the client has, without its last characters changed in any way.
   * @param manner of the second server; blanks are left to one that is exact.
   */
  constructor(shown: string, manner: ContinuationManner) {
    this.#shown = shown;
    this.#manner = manner;
    this.#needsSpace = manner !== "exact" && /[.,;:!?]["'»”)]?$/u.test(shown);
    this.#minOverlap = manner === "exact" ? MIN_PREFILLED_OVERLAP_CHARACTERS : MIN_OVERLAP_CHARACTERS;
  }

  /** True when the second model tells the answer anew in other words: the two cannot be joined. */
  get isDiverged(): boolean {
    return this.#isDiverged;
  }

  /** Takes the next text; returns what is new and certain. */
  push(text: string): string {
    if (this.#isDiverged) return "";
    if (this.#isThrough) return text;
    if (this.#isDecided) return this.#release(text);
    this.#held += text;
    return this.#decide(false);
  }

  /** The second answer is over: returns what was still held. */
  end(): string {
    return this.#isDecided || this.#isDiverged ? "" : this.#decide(true);
  }

  #decide(isEnd: boolean): string {
    const overlap = findOverlap(this.#shown, this.#held, this.#minOverlap, isEnd);
    if (overlap.kind === "undecided") return "";
    if (overlap.kind === "cut") return this.#release(this.#held.slice(overlap.length));
    if (overlap.kind === "diverged") {
      this.#isDiverged = true;
      return "";
    }
    if (this.#manner !== "exact" && (PREAMBLE.test(this.#held) || couldBecomePreamble(this.#held)))
      return this.#decidePreamble(isEnd);
    return this.#release(this.#manner === "anew" ? this.#asWords(this.#held) : this.#held);
  }

  #decidePreamble(isEnd: boolean): string {
    const isOver = isEnd || this.#held.length >= MAX_PREAMBLE_CHARACTERS + TAIL_CHARACTERS;
    const tail = this.#shown.trimEnd().slice(-TAIL_CHARACTERS);
    const at = tail.length >= MIN_OVERLAP_CHARACTERS ? this.#held.indexOf(tail) : -1;
    if (at !== -1) return this.#release(this.#held.slice(at + tail.length));
    const announced = WHOLE_PREAMBLE.exec(this.#held)?.[0];
    if (announced !== undefined) {
      // What follows the announcement may repeat the shown text in turn.
      const rest = this.#held.slice(announced.length);
      const overlap = findOverlap(this.#shown, rest, this.#minOverlap, isOver);
      if (overlap.kind === "undecided") return "";
      return this.#release(overlap.kind === "cut" ? rest.slice(overlap.length) : this.#asWords(rest));
    }
    return isOver ? this.#release(this.#held) : "";
  }

  /**
   * Text that begins with a whole word, to follow the shown one: with a blank between two words, and without the part
   * of a word that is shown already ("repla" and "replaced").
   */
  #asWords(text: string): string {
    const bare = text.trimStart();
    const lastWord = /[\p{L}\p{N}]{2,}$/u.exec(this.#shown)?.[0];
    if (lastWord !== undefined && bare.startsWith(lastWord)) return bare.slice(lastWord.length);
    const isInSentence = /[\p{L}\p{N},;]$/u.test(this.#shown);
    return isInSentence && /^[\p{L}\p{N}"'(«“]/u.test(bare) ? ` ${bare}` : text;
  }

  /** Hands on the first new text, with the blank between it and the shown text there just once. */
  #release(text: string): string {
    this.#held = "";
    this.#isDecided = true;
    // All that came repeats what is shown: the blanks are settled with the next text.
    if (text === "") return "";
    const isDoubled = this.#manner !== "exact" && /[ \t]$/u.test(this.#shown);
    const first = isDoubled ? text.replace(/^[ \t]+/u, "") : text;
    if (first === "") return "";
    this.#isThrough = true;
    return this.#needsSpace && /^[\p{Lu}"'(«“]/u.test(first) ? ` ${first}` : first;
  }
}

type Overlap =
  | { readonly kind: "undecided" }
  | { readonly kind: "cut"; readonly length: number }
  | { readonly kind: "none" }
  | { readonly kind: "diverged" };

/**
 * Compares the beginning of a continuation with the shown text. A repetition is a beginning of `held` that equals an
 * end of `shown`; the longest counts, the whole of `shown` being a text told again. Leading blanks of `held` and
 * trailing ones of `shown` do not count.
 */
function findOverlap(shownRaw: string, heldRaw: string, minOverlap: number, isEnd: boolean): Overlap {
  const shown = shownRaw.trimEnd();
  const held = heldRaw.trimStart();
  const blanks = heldRaw.length - held.length;
  if (held === "") return isEnd ? { kind: "none" } : { kind: "undecided" };
  const start = leadingBlanks(shown);
  const first = held[0] ?? "";
  // Every place of the shown text where the held one begins, the earliest, that is the longest overlap, first.
  for (let at = shown.indexOf(first); at !== -1; at = shown.indexOf(first, at + 1)) {
    const length = shown.length - at;
    const common = commonLength(shown, at, held);
    if (common === held.length && held.length < length) {
      // All that came so far stands in the shown text; more of it may follow.
      if (!isEnd) return { kind: "undecided" };
      if (at === start) return { kind: "cut", length: blanks + common };
    } else if (common === length && isRepetition(shown, at, minOverlap)) {
      return { kind: "cut", length: blanks + length };
    } else if (at === start && common >= MIN_RESTART_CHARACTERS) return { kind: "diverged" };
  }
  return { kind: "none" };
}

/** True when the end of a text, from a place on, is long and whole enough to be no chance. */
function isRepetition(shown: string, at: number, minOverlap: number): boolean {
  if (at === leadingBlanks(shown)) return true;
  const length = shown.length - at;
  const before = shown.slice(0, at);
  // A sentence begun, however little of it; a server that goes on exactly has less reason to begin it again.
  const minSentence = minOverlap === MIN_PREFILLED_OVERLAP_CHARACTERS ? 4 : 1;
  if (length >= minSentence && /[.!?]["'»”)]?\s+$/u.test(before)) return true;
  return length >= minOverlap && /[^\p{L}\p{N}]$/u.test(before);
}

function leadingBlanks(text: string): number {
  return text.length - text.trimStart().length;
}

function commonLength(shown: string, at: number, held: string): number {
  const limit = Math.min(shown.length - at, held.length);
  let length = 0;
  while (length < limit && shown.charCodeAt(at + length) === held.charCodeAt(length)) length += 1;
  return length;
}

/** True while so little came that an announcement may yet become of it. */
function couldBecomePreamble(held: string): boolean {
  const start = held.trimStart().toLowerCase();
  return [
    "sure",
    "certainly",
    "of course",
    "absolutely",
    "continuing",
    "here is",
    "here's",
    "resuming",
    "picking up",
    "let me continue",
    "i'll continue",
    "i will continue",
    "apologies",
    "sorry",
  ].some((word) => word.startsWith(start));
}
