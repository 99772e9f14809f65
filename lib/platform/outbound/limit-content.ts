import { pipeline, Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { AppError } from "../../shared/errors.ts";

/**
 * The content of an answer: unpacked, and cut off with an error as soon as it is larger than allowed, packed or not.
 * Nothing is held: a reader that stops reading stops the sender.
 *
 * @throws AppError `url_too_large`; `url_failed` for a packing that is not read.
 */
export async function* limitContent(
  body: Readable,
  encoding: string | undefined,
  limitBytes: number,
): AsyncGenerator<Uint8Array> {
  const unpacker = openUnpacker(encoding);
  if (unpacker === undefined) yield* capped(body, limitBytes);
  // Errors of either end reach whoever reads the last stream. What is packed is counted too: an endless row of empty
  // blocks unpacks to nothing.
  else
    yield* capped(
      pipeline(Readable.from(capped(body, limitBytes)), unpacker, () => {}),
      limitBytes,
    );
}

async function* capped(content: AsyncIterable<Buffer>, limitBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const part of content) {
    bytes += part.byteLength;
    if (bytes > limitBytes) throw tooLarge(limitBytes);
    yield part;
  }
}

function openUnpacker(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase() ?? "") {
    case "":
    case "identity":
      return undefined;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      throw new AppError("url_failed", { message: "The site sent a kind of compression that is not read." });
  }
}

/** The error of content beyond the limit. */
export function tooLarge(limitBytes: number): AppError {
  const megabytes = limitBytes / 1024 ** 2;
  const limit = megabytes >= 1 ? `${Math.floor(megabytes)} MB` : `${limitBytes} bytes`;
  return new AppError("url_too_large", { message: `What is at this address is larger than ${limit}.` });
}
