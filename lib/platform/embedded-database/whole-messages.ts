const HEADER_BYTES = 5;

/** Passes on a stream of protocol messages in whole messages only, without cutting it into single ones. */
export class WholeMessages {
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  #neededBytes = HEADER_BYTES;

  /** @returns all messages complete by now; empty while the next one is not. */
  push(chunk: Buffer): Buffer {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    if (this.#bufferedBytes < this.#neededBytes) return Buffer.alloc(0);
    const joined = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#bufferedBytes);
    let end = 0;
    this.#neededBytes = HEADER_BYTES;
    while (end + HEADER_BYTES <= joined.length) {
      const messageBytes = 1 + joined.readInt32BE(end + 1);
      if (end + messageBytes > joined.length) {
        this.#neededBytes = messageBytes;
        break;
      }
      end += messageBytes;
    }
    const rest = joined.subarray(end);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#bufferedBytes = rest.length;
    return joined.subarray(0, end);
  }
}
