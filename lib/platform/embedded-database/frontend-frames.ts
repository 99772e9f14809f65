/**
 * Cuts what a client sends into whole protocol messages. Nothing reaches the database engine before its
 * last byte is here: the engine reads synchronously and would take a missing byte for the end of the client.
 */

/** One whole frontend message: `bytes` holds its type, its length and its body. */
export type FrontendFrame = { type: string; bytes: Buffer };

/** The client broke the framing rules; the connection cannot go on. */
export class FramingError extends Error {}

const STARTUP_HEADER_BYTES = 4;
const STARTUP_BYTES_MAX = 10_000;
const HEADER_BYTES = 5;
/** The engine lives in 32-bit memory, so PostgreSQL's own limit of 1 GB is out of reach. */
const MESSAGE_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Collects chunks of any size. Joining happens only when enough bytes for the next message have arrived, so
 * a 16 MB message costs one copy, not one per chunk.
 */
export class FrontendFrameReader {
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  #neededBytes = 1;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
  }

  /** The body of the next untyped message (startup, TLS request, cancel request), if it is complete. */
  nextStartup(): Buffer | undefined {
    const lengthHeader = this.#peek(STARTUP_HEADER_BYTES);
    if (!lengthHeader) return undefined;
    const length = lengthHeader.readInt32BE(0);
    if (length < 8 || length > STARTUP_BYTES_MAX) throw new FramingError("invalid startup message length");
    return this.#take(length)?.subarray(STARTUP_HEADER_BYTES);
  }

  /** The next typed message, if it is complete. */
  next(): FrontendFrame | undefined {
    const header = this.#peek(HEADER_BYTES);
    if (!header) return undefined;
    const length = header.readInt32BE(1);
    if (length < 4 || length > MESSAGE_BYTES_MAX) throw new FramingError("invalid message length");
    const bytes = this.#take(length + 1);
    return bytes && { type: String.fromCharCode(bytes.readUInt8(0)), bytes };
  }

  #peek(lengthBytes: number): Buffer | undefined {
    if (this.#bufferedBytes < Math.max(lengthBytes, this.#neededBytes)) return undefined;
    return this.#joined();
  }

  #take(lengthBytes: number): Buffer | undefined {
    if (this.#bufferedBytes < lengthBytes) {
      this.#neededBytes = lengthBytes;
      return undefined;
    }
    const joined = this.#joined();
    const rest = joined.subarray(lengthBytes);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#bufferedBytes = rest.length;
    this.#neededBytes = 1;
    return joined.subarray(0, lengthBytes);
  }

  #joined(): Buffer {
    const [only] = this.#chunks;
    const joined =
      this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks, this.#bufferedBytes);
    this.#chunks = [joined];
    return joined;
  }
}
