import type { ErrorCode } from "../../shared/error-table.ts";
import { AppError } from "../../shared/errors.ts";

/** A request, as far as its body is concerned. */
export interface BodySource {
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** How a body that is too large is named. */
export interface LimitBodyOptions {
  readonly code?: ErrorCode;
}

function tooLarge(maxBytes: number, code: ErrorCode): AppError {
  return new AppError(code, { context: { bytes: maxBytes } });
}

/**
 * The body as a stream that fails as soon as more than `maxBytes` have arrived and lets the source go. It reads only
 * when it is read, so at most one chunk is held.
 *
 * @throws AppError `body_too_large` (or the given code) at once when the declared length is already too much; the
 * stream fails with the same error when the bytes themselves are.
 */
export function limitBody(
  request: BodySource,
  maxBytes: number,
  options: LimitBodyOptions = {},
): ReadableStream<Uint8Array> {
  const code = options.code ?? "body_too_large";
  const declaredBytes = Number(request.headers.get("content-length") ?? 0);
  if (declaredBytes > maxBytes) throw tooLarge(maxBytes, code);
  const reader = request.body?.getReader();
  let receivedBytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await reader?.read();
        if (next === undefined || next.done) {
          controller.close();
          return;
        }
        receivedBytes += next.value.byteLength;
        if (receivedBytes > maxBytes) {
          const error = tooLarge(maxBytes, code);
          controller.error(error);
          await cancelQuietly(reader, error);
          return;
        }
        controller.enqueue(next.value);
      },
      async cancel(reason) {
        await cancelQuietly(reader, reason);
      },
    },
    { highWaterMark: 0 },
  );
}

async function cancelQuietly(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  reason: unknown,
): Promise<void> {
  try {
    await reader?.cancel(reason);
  } catch {
    // The source may have failed by itself already (the client left); the limit's own error is the one that counts.
  }
}

/** Reads the whole body, at most `maxBytes`; errors as {@link limitBody}. */
export async function readBytes(
  request: BodySource,
  maxBytes: number,
  options: LimitBodyOptions = {},
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of limitBody(request, maxBytes, options)) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
