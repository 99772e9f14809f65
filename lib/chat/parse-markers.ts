/** A stretch of answer text, or a group of source numbers the model cited at that place. */
export type AnswerPiece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "markers"; readonly numbers: readonly number[] };

/** `[2]`, `[1, 2]`, `[[3]]`, `【4】` and the same with a word before the number: what models write when told `[n]`. */
const MARKER = /^(?:\[\[?|【)\s*(?:sources?\s*)?(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\s*(?:\]\]?|】)/i;

/** The longest text that may still become a marker; anything longer that does not end is plain text. */
const HELD_LENGTH_MAX = 48;

/** A beginning that may still become a marker when more arrives. */
const MARKER_BEGINNING = /^(?:\[\[?|【)\s*(?:s(?:o(?:u(?:r(?:c(?:e(?:s)?)?)?)?)?)?)?\s*[\d\s,;]*\]?$/i;

/**
 * Splits streamed answer text into text and citation markers. Deltas may break anywhere: a tail that may still become
 * a marker is held back until it is decided. Inside code (fenced or inline) nothing is a marker.
 */
export class MarkerParser {
  #held = "";
  #isInFence = false;
  #isInInlineCode = false;
  #isLineStart = true;

  /** Takes the next delta and returns what is decided, in order. */
  push(delta: string): AnswerPiece[] {
    this.#held += delta;
    return this.#drain(false);
  }

  /** Returns what was held back: nothing more can complete it. */
  end(): AnswerPiece[] {
    return this.#drain(true);
  }

  #drain(isEnd: boolean): AnswerPiece[] {
    const pieces: AnswerPiece[] = [];
    let text = "";
    const flush = () => {
      if (text !== "") pieces.push({ type: "text", text });
      text = "";
    };
    while (this.#held !== "") {
      const isCode = this.#isInFence || this.#isInInlineCode;
      const opens = !isCode && (this.#held[0] === "[" || this.#held[0] === "【");
      if (opens) {
        const match = this.#takeMarker(isEnd);
        if (match === "wait") break;
        if (match !== undefined) {
          flush();
          pieces.push({ type: "markers", numbers: match });
          continue;
        }
      }
      if (this.#held[0] === "`" && !isEnd && /^`{1,2}$/.test(this.#held)) break;
      text += this.#takePlain();
    }
    flush();
    return pieces;
  }

  /** The numbers of a marker at the front, `wait` while it may still become one, undefined when it is plain text. */
  #takeMarker(isEnd: boolean): number[] | "wait" | undefined {
    const match = MARKER.exec(this.#held);
    const isUndecided = !isEnd && this.#held.length <= HELD_LENGTH_MAX;
    if (match === null) return isUndecided && MARKER_BEGINNING.test(this.#held) ? "wait" : undefined;
    // `[[3]` may still get its second bracket.
    if (isUndecided && match[0].startsWith("[[") && !match[0].endsWith("]]") && match[0] === this.#held)
      return "wait";
    const next = this.#held[match[0].length];
    if (next === undefined && isUndecided) return "wait";
    // `[1](address)` and `[1]: address` are links of markdown, not citations.
    if (next === "(" || next === ":") return undefined;
    this.#held = this.#held.slice(match[0].length);
    this.#isLineStart = false;
    return (match[1] ?? "").split(/[,;]/).map(Number);
  }

  /** Takes one character, or a whole run of backticks, and keeps track of code. */
  #takePlain(): string {
    const ticks = /^`+/.exec(this.#held)?.[0] ?? "";
    const taken = ticks === "" ? (this.#held[0] as string) : ticks;
    this.#held = this.#held.slice(taken.length);
    if (ticks.length >= 3 && this.#isLineStart) this.#isInFence = !this.#isInFence;
    else if (ticks !== "" && !this.#isInFence) this.#isInInlineCode = !this.#isInInlineCode;
    if (taken === "\n") {
      this.#isLineStart = true;
      // An unpaired backtick must not turn the rest of the answer into code.
      this.#isInInlineCode = false;
    } else if (taken !== " ") {
      this.#isLineStart = false;
    }
    return taken;
  }
}
