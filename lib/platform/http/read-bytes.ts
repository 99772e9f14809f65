import type { ErrorCode } from "../../shared/error-table.ts";
import { AppError } from "../../shared/errors.ts";

/** A request, as far as its body is concerned. */
export interface BodySource {
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

/**
 * Reads the whole body, at most `maxBytes`; of one that is larger no more is read than shows it, and its source is let go.
 *
 * @throws AppError `body_too_large` (or the given code), before anything is read when the declared length says so.
 */
export async function readBytes(
  { headers, body }: BodySource,
  maxBytes: number,
  code: ErrorCode = "body_too_large",
): Promise<Uint8Array> {
  const tooLarge = () => new AppError(code, { context: { bytes: maxBytes } });
  if (Number(headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  let receivedBytes = 0;
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    receivedBytes += next.value.byteLength;
    if (receivedBytes > maxBytes) {
      // The source may have failed by itself already (the client left); the limit's own error is the one that counts.
      await reader?.cancel().catch(() => {});
      throw tooLarge();
    }
    chunks.push(next.value);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
