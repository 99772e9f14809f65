/** The bytes of a text file as text: UTF-8, UTF-16 with a byte order mark, otherwise Windows-1252. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

const DECLARED_CHARSET =
  /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,30})|<\?xml[^>]{0,100}encoding\s*=\s*["']([\w-]{2,30})/i;

/** The bytes of a page or an XML file as text, by the encoding that it declares when it is not UTF-8. */
export function decodeMarkup(bytes: Uint8Array): string {
  // A byte order mark says more than any declaration.
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return decodeText(bytes);
  const head = Buffer.from(bytes.subarray(0, 2048)).toString("latin1");
  const declared = DECLARED_CHARSET.exec(head);
  const name = (declared?.[1] ?? declared?.[2] ?? "").toLowerCase();
  if (name === "" || name.startsWith("utf") || name === "us-ascii") return decodeText(bytes);
  try {
    return new TextDecoder(name).decode(bytes);
  } catch {
    return decodeText(bytes);
  }
}
