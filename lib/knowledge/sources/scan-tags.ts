/** An opening tag of a page. */
export interface Tag {
  /** In lower case. */
  readonly name: string;
  /** By names in lower case, unescaped; the first of a name counts. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** What stands in these is no markup. */
const RAW = new Set([
  "script",
  "style",
  "textarea",
  "title",
  "xmp",
  "iframe",
  "noembed",
  "noframes",
  "template",
]);
const SPACE = new Set([" ", "\n", "\t", "\r", "\f"]);
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", quot: '"', apos: "'", lt: "<", gt: ">" };

/**
 * The opening tags of some names, in order. Builds no tree: it looks at each character once, however the page is made.
 */
export function* scanTags(html: string, names: ReadonlySet<string>): Generator<Tag> {
  const lower = html.toLowerCase();
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open === -1) return;
    if (html.startsWith("<!--", open)) {
      at = after(html, "-->", open + 4);
      continue;
    }
    const name = /[a-z][a-z0-9:-]*/y;
    name.lastIndex = open + 1;
    const found = name.exec(lower)?.[0];
    if (found === undefined) {
      // A closing tag, a declaration, or a sign on its own.
      at = open + 1;
      continue;
    }
    const tag = readAttributes(html, open + 1 + found.length);
    at = tag.end;
    if (names.has(found)) yield { name: found, attributes: tag.attributes };
    if (RAW.has(found)) at = after(lower, `</${found}`, at);
  }
}

/** The place after the next `text`; the end when there is none. */
function after(html: string, text: string, from: number): number {
  const at = html.indexOf(text, from);
  return at === -1 ? html.length : at + text.length;
}

function readAttributes(html: string, from: number): { attributes: Map<string, string>; end: number } {
  const attributes = new Map<string, string>();
  let at = from;
  while (at < html.length && html[at] !== ">") {
    if (SPACE.has(html[at] ?? "") || html[at] === "/") {
      at += 1;
      continue;
    }
    const nameStart = at;
    // A name may begin with any sign, also "=".
    at += 1;
    while (at < html.length && !SPACE.has(html[at] ?? "") && !"=>/".includes(html[at] ?? "")) at += 1;
    const name = html.slice(nameStart, at).toLowerCase();
    at = skipSpace(html, at);
    let value = "";
    if (html[at] === "=") ({ value, end: at } = readValue(html, skipSpace(html, at + 1)));
    if (!attributes.has(name)) attributes.set(name, value);
  }
  return { attributes, end: at + 1 };
}

function skipSpace(html: string, from: number): number {
  let at = from;
  while (SPACE.has(html[at] ?? "")) at += 1;
  return at;
}

function readValue(html: string, from: number): { value: string; end: number } {
  const quote = html[from];
  if (quote === '"' || quote === "'") {
    const close = html.indexOf(quote, from + 1);
    const end = close === -1 ? html.length : close;
    return { value: unescapeValue(html.slice(from + 1, end)), end: end + 1 };
  }
  let end = from;
  while (end < html.length && !SPACE.has(html[end] ?? "") && html[end] !== ">") end += 1;
  return { value: unescapeValue(html.slice(from, end)), end };
}

function unescapeValue(value: string): string {
  return value.replaceAll(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|quot|apos|lt|gt));?/gi,
    (all, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? all;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : "";
    },
  );
}
