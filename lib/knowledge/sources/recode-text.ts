const CHARSET =
  /^\s*(?:text\/[\w.+-]+|application\/(?:xhtml\+)?xml)\s*;.*?charset\s*=\s*["']?([\w:.-]{2,40})/i;

/**
 * Text as UTF-8 when the server says that it is in another encoding: what the server said is not kept with the bytes.
 * A byte order mark in front wins over what the page itself declares.
 */
export async function* recodeText(
  content: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
): AsyncGenerator<Uint8Array> {
  const decoder = openDecoder(CHARSET.exec(contentType ?? "")?.[1]);
  if (decoder === undefined) {
    yield* content;
    return;
  }
  let isStarted = false;
  const encode = (text: string) => {
    const marked = isStarted || text === "" ? text : `\uFEFF${text}`;
    isStarted ||= text !== "";
    return Buffer.from(marked);
  };
  for await (const part of content) {
    const encoded = encode(decoder.decode(part, { stream: true }));
    if (encoded.length > 0) yield encoded;
  }
  const rest = encode(decoder.decode());
  if (rest.length > 0) yield rest;
}

function openDecoder(charset: string | undefined): TextDecoder | undefined {
  if (charset === undefined) return undefined;
  try {
    const decoder = new TextDecoder(charset);
    return decoder.encoding === "utf-8" ? undefined : decoder;
  } catch {
    // A name nobody knows: the bytes decide.
    return undefined;
  }
}
