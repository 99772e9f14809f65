import { scanTags } from "./scan-tags.ts";

/** What a page says to programs that follow links. */
export interface PageLinks {
  /** Addresses the page links to, in order, each once, without fragments. */
  readonly links: readonly URL[];
  /** The address the page says is its own. */
  readonly canonical: URL | null;
  /** It asks not to be kept. */
  readonly isNoIndex: boolean;
  /** It asks that its links are not followed. */
  readonly isNoFollow: boolean;
}

/** Longer pages are read to here: links of a site's order stand early. */
export const MAX_PAGE_CHARACTERS = 3_000_000;
/** What a page says of itself stands in its head. */
export const HEAD_BYTES = 96 * 1024;
const MAX_LINKS = 2_000;
const NAMES = new Set(["a", "area", "base", "link", "meta"]);

/**
 * Reads the links of an HTML page. Nothing of it is run or fetched.
 *
 * @param robotsHeader Value of `X-Robots-Tag`, when the server sent one.
 */
export function readPageLinks(html: string, url: URL, robotsHeader = ""): PageLinks {
  const links = new Map<string, URL>();
  const robots = [robotsHeader];
  let base: URL | null = null;
  let canonical: URL | null = null;
  for (const { name, attributes } of scanTags(html.slice(0, MAX_PAGE_CHARACTERS), NAMES)) {
    const rel = attributes.get("rel")?.toLowerCase().split(/\s+/) ?? [];
    const target = () => resolve(attributes.get("href"), base ?? url);
    if (name === "base") base ??= target();
    else if (name === "link") canonical ??= rel.includes("canonical") ? target() : null;
    else if (name === "meta") {
      if (/^(?:robots|vouch)$/i.test(attributes.get("name") ?? ""))
        robots.push(attributes.get("content") ?? "");
    } else if (!rel.includes("nofollow") && links.size < MAX_LINKS) {
      const link = target();
      if (link !== null) links.set(link.href, link);
    }
  }
  const asked = new Set(
    robots
      .join(",")
      .toLowerCase()
      .split(/[\s,]+/),
  );
  return {
    links: [...links.values()],
    canonical,
    isNoIndex: asked.has("noindex") || asked.has("none"),
    isNoFollow: asked.has("nofollow") || asked.has("none"),
  };
}

function resolve(href: string | undefined, base: URL): URL | null {
  const text = href?.trim() ?? "";
  if (text === "" || text.length > 2_000 || !URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  url.hash = "";
  return url;
}
