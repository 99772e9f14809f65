/** Room for the text of a short answer, bytes. */
const FIRST_BYTES = 512;

/**
 * The text of an answer as it grows, in one buffer: as a string it would be a chain of thousands of small ones, each
 * holding on to the event it was cut from. Kept as UTF-16, since a token may end in the middle of a character.
 */
export class KeptText {
  #bytes: Buffer | undefined;
  #size = 0;

  /** UTF-16 units, as of a string. */
  get length(): number {
    return this.#size / 2;
  }

  append(text: string): void {
    const needed = this.#size + text.length * 2;
    if (this.#bytes === undefined || needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, needed * 2));
      this.#bytes?.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    this.#bytes.write(text, this.#size, "utf16le");
    this.#size = needed;
  }

  clear(): void {
    this.#bytes = undefined;
    this.#size = 0;
  }

  toString(): string {
    return this.#bytes?.toString("utf16le", 0, this.#size) ?? "";
  }
}
