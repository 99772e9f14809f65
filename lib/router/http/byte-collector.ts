/** Pieces kept as they came; a body of an ordinary client comes in fewer. */
const MAX_PIECES = 64;

/**
 * Gathers the bytes of a body. Pieces are kept as they came while they are few; beyond that they are copied into one
 * growing buffer, since a client may send a body byte by byte, and a piece costs some 200 bytes beside its own.
 */
export class ByteCollector {
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  /** The first `#gathered` bytes of the body. */
  #buffer = Buffer.alloc(0);
  #gathered = 0;

  /** Bytes taken so far. */
  get size(): number {
    return this.#gathered + this.#pieceBytes;
  }

  /** Pieces that are kept apart. */
  get pieces(): number {
    return this.#pieces.length;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
    if (this.#pieces.length > MAX_PIECES) this.#gather();
  }

  /** All bytes; of a body in one piece that piece itself. */
  bytes(): Buffer {
    const [first] = this.#pieces;
    if (this.#gathered === 0) {
      return first !== undefined && this.#pieces.length === 1
        ? first
        : Buffer.concat(this.#pieces, this.#pieceBytes);
    }
    this.#gather();
    return this.#buffer.subarray(0, this.#gathered);
  }

  #gather(): void {
    const needed = this.size;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(needed * 2);
      this.#buffer.copy(larger, 0, 0, this.#gathered);
      this.#buffer = larger;
    }
    for (const piece of this.#pieces) {
      piece.copy(this.#buffer, this.#gathered);
      this.#gathered += piece.length;
    }
    this.#pieces = [];
    this.#pieceBytes = 0;
  }
}
