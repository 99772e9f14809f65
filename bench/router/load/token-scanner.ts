const AT = 64;
const ZERO = 48;
const DIGITS = 13;

/** Finds the tokens of the mock upstream in bytes cut anywhere: `@` and 13 digits of microseconds. */
export class TokenScanner {
  #digitsLeft = 0;
  #value = 0;

  /** Calls back with the time in each token that became complete; returns how many there were. */
  scan(buffer: Buffer, start: number, end: number, onToken: (writtenMicros: number) => void): number {
    let at = start;
    let found = 0;
    while (at < end) {
      if (this.#digitsLeft === 0) {
        at = buffer.indexOf(AT, at);
        if (at === -1 || at >= end) return found;
        at += 1;
        this.#digitsLeft = DIGITS;
        this.#value = 0;
      }
      while (this.#digitsLeft > 0 && at < end) {
        this.#value = this.#value * 10 + (buffer[at] ?? ZERO) - ZERO;
        this.#digitsLeft -= 1;
        at += 1;
      }
      if (this.#digitsLeft > 0) return found;
      found += 1;
      onToken(this.#value);
    }
    return found;
  }
}
