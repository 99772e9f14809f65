import { AppError } from "../../../shared/errors.ts";

/**
 * A small XML reader for files from strangers: it knows no document type, so entities never expand, reads nothing
 * from elsewhere, and has a limit of depth. Damaged markup is read as far as it makes sense.
 */
export type XmlEvent =
  | {
      readonly type: "open";
      /** Without prefix. */
      readonly name: string;
      readonly rawAttributes: string;
      readonly isEmpty: boolean;
    }
  | { readonly type: "close"; readonly name: string }
  | { readonly type: "text"; readonly text: string };

const DEPTH_MAX = 500;

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
};

/** Text with its character references put in; names that XML itself does not know stay as they are. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(
    /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(\w{2,6}));/g,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return NAMED[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
    },
  );
}

/** An attribute by its name, with or without prefix (`id` finds `id` before `r:id`; `r:id` only itself). */
export function attributeOf(rawAttributes: string, name: string): string | undefined {
  for (const prefix of name.includes(":") ? [""] : ["", "[\\w.-]+:"]) {
    const match = attributePattern(prefix + name).exec(rawAttributes);
    if (match !== null) return decodeEntities(match[1] ?? match[2] ?? "");
  }
  return undefined;
}

const patterns = new Map<string, RegExp>();
function attributePattern(name: string): RegExp {
  const known = patterns.get(name);
  if (known !== undefined) return known;
  const made = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
  patterns.set(name, made);
  return made;
}

/** The end of a tag that begins at `from`: a `>` outside quotes. */
function tagEnd(source: string, from: number): number {
  let end = source.indexOf(">", from);
  let quoteFrom = from;
  while (end >= 0) {
    const quote = /["']/g;
    quote.lastIndex = quoteFrom;
    const found = quote.exec(source);
    if (found === null || found.index > end) return end;
    const close = source.indexOf(found[0], found.index + 1);
    if (close < 0) return end;
    quoteFrom = close + 1;
    if (close > end) end = source.indexOf(">", close);
  }
  return -1;
}

/** Past a document type with its inner part. */
function skipDeclaration(source: string, from: number): number {
  const bracket = source.indexOf("[", from);
  const plain = source.indexOf(">", from);
  if (bracket < 0 || (plain >= 0 && plain < bracket)) return plain < 0 ? source.length : plain + 1;
  const inner = source.indexOf("]", bracket);
  const end = inner < 0 ? -1 : source.indexOf(">", inner);
  return end < 0 ? source.length : end + 1;
}

function skipPast(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  return at < 0 ? source.length : at + mark.length;
}

const localName = (name: string) => name.slice(name.indexOf(":") + 1);

/** The events of an XML text, one after another. */
export function* xmlEvents(source: string): Generator<XmlEvent> {
  let depth = 0;
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf("<", at);
    const textEnd = open < 0 ? source.length : open;
    if (textEnd > at) yield { type: "text", text: decodeEntities(source.slice(at, textEnd)) };
    if (open < 0) return;
    if (source.startsWith("<!--", open)) at = skipPast(source, "-->", open + 4);
    else if (source.startsWith("<![CDATA[", open)) {
      at = skipPast(source, "]]>", open + 9);
      yield { type: "text", text: source.slice(open + 9, Math.max(open + 9, at - 3)) };
    } else if (source.startsWith("<?", open)) at = skipPast(source, "?>", open + 2);
    else if (source.startsWith("<!", open)) at = skipDeclaration(source, open + 2);
    else {
      const end = tagEnd(source, open + 1);
      if (end < 0) return;
      at = end + 1;
      if (source[open + 1] === "/") {
        depth = Math.max(0, depth - 1);
        yield { type: "close", name: localName(source.slice(open + 2, end).trim()) };
        continue;
      }
      const isEmpty = source[end - 1] === "/";
      const inner = source.slice(open + 1, isEmpty ? end - 1 : end);
      const nameEnd = inner.search(/\s/);
      const name = nameEnd < 0 ? inner : inner.slice(0, nameEnd);
      if (!isEmpty) depth += 1;
      if (depth > DEPTH_MAX) throw new AppError("document_too_complex");
      yield {
        type: "open",
        name: localName(name),
        rawAttributes: nameEnd < 0 ? "" : inner.slice(nameEnd),
        isEmpty,
      };
    }
  }
}
