import type { TransactionStatus } from "./backend-messages.ts";

const HEADER_BYTES = 5;
const READY_FOR_QUERY = 0x5a;

/**
 * Follows the engine's reply as it streams by, without copying it, and remembers the last ReadyForQuery.
 * Chunks end anywhere, also in the middle of a header.
 */
export class ReplyReader {
  /** Status of the last ReadyForQuery, or null while none has come. */
  status: TransactionStatus | null = null;
  #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #bodyBytesLeft = 0;

  push(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#headerBytes < HEADER_BYTES) {
        const copiedBytes = chunk.copy(this.#header, this.#headerBytes, offset);
        this.#headerBytes += copiedBytes;
        offset += copiedBytes;
        if (this.#headerBytes < HEADER_BYTES) return;
        this.#bodyBytesLeft = this.#header.readInt32BE(1) - 4;
      }
      const inThisChunk = Math.min(this.#bodyBytesLeft, chunk.length - offset);
      if (inThisChunk > 0 && this.#header[0] === READY_FOR_QUERY) {
        this.status = String.fromCharCode(chunk.readUInt8(offset)) as TransactionStatus;
      }
      offset += inThisChunk;
      this.#bodyBytesLeft -= inThisChunk;
      if (this.#bodyBytesLeft === 0) this.#headerBytes = 0;
    }
  }
}

/** The messages of a complete reply. */
export function* replyMessages(reply: Buffer): Generator<{ type: string; bytes: Buffer; body: Buffer }> {
  let offset = 0;
  while (offset + HEADER_BYTES <= reply.length) {
    const end = offset + 1 + reply.readInt32BE(offset + 1);
    yield {
      type: String.fromCharCode(reply.readUInt8(offset)),
      bytes: reply.subarray(offset, end),
      body: reply.subarray(offset + HEADER_BYTES, end),
    };
    offset = end;
  }
}

/** The rows of a complete reply to a query whose columns are text; NULL becomes "". */
export function replyRows(reply: Buffer): string[][] {
  const rows: string[][] = [];
  for (const { type, body } of replyMessages(reply)) {
    if (type !== "D") continue;
    const row: string[] = [];
    let offset = 2;
    for (let column = body.readInt16BE(0); column > 0; column -= 1) {
      const length = Math.max(0, body.readInt32BE(offset));
      row.push(body.toString("utf8", offset + 4, offset + 4 + length));
      offset += 4 + length;
    }
    rows.push(row);
  }
  return rows;
}
