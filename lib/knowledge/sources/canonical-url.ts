/** Parameters that say where a visitor came from, not which page it is. */
const TRACKING = /^(?:utm_[a-z]+|gclid|fbclid|msclkid|mc_cid|mc_eid|igshid|yclid|_hsenc|_hsmi)$/i;

/**
 * One way to write the address of a page, so that the same page is one document: no fragment, no tracking parameters,
 * no port that goes without saying, escapes in capitals.
 */
export function canonicalUrl(address: URL): string {
  const url = new URL(address);
  url.hash = "";
  for (const name of [...url.searchParams.keys()]) {
    // Untouched parameters stay as they are written: rewriting them all would change their escapes.
    if (TRACKING.test(name)) url.searchParams.delete(name);
  }
  if (url.search === "?") url.search = "";
  url.hostname = url.hostname.replace(/\.$/, "");
  return url.href.replaceAll(/%[0-9a-f]{2}/gi, (escaped) => escaped.toUpperCase());
}

/** What belongs to a site: the pages of one host at or below a path. */
export interface SiteScope {
  readonly origin: string;
  /** Begins and ends with a slash. */
  readonly prefix: string;
}

/** The site that begins at an address: its host, below the folder the page stands in. */
export function siteScope(start: URL): SiteScope {
  return { origin: start.origin, prefix: start.pathname.slice(0, start.pathname.lastIndexOf("/") + 1) };
}

/** True for an address inside a site. */
export function isInSite({ origin, prefix }: SiteScope, url: URL): boolean {
  return url.origin === origin && url.pathname.startsWith(prefix);
}

/** Files that hold no text; they are not fetched to find that out. */
const ASSET =
  /\.(?:png|jpe?g|gif|webp|avif|svg|ico|bmp|tiff?|css|m?js|map|woff2?|ttf|otf|eot|mp[34]|m4[av]|webm|og[gv]|wav|flac|avi|mov|zip|gz|tgz|bz2|xz|7z|rar|exe|dmg|iso|apk|jar|wasm|bin)$/i;

/** True for an address that names a picture, a program or the like. */
export function isAsset(url: URL): boolean {
  return ASSET.test(url.pathname);
}

const TYPE_ENDINGS: Readonly<Record<string, string>> = {
  "application/pdf": ".pdf",
  "text/html": ".html",
  "application/xhtml+xml": ".html",
  "text/markdown": ".md",
  "text/csv": ".csv",
  "application/json": ".json",
};

/**
 * The name of the file at an address: the last part of its path, or its host. Where the name has no ending, the one of
 * the type the server names; what the file is, its bytes decide.
 */
export function fileNameOf(url: URL, contentType: string | undefined): string {
  const last = url.pathname.split("/").findLast((part) => part !== "") ?? "";
  const name = decodeName(last) || url.hostname;
  const ending = TYPE_ENDINGS[contentType?.split(";")[0]?.trim().toLowerCase() ?? ""] ?? "";
  const hasEnding = last !== "" && /\.[a-z][a-z0-9]{0,7}$/i.test(name);
  // Addresses end in .php or .aspx where pages do.
  if (hasEnding && !(ending === ".html" && !/\.x?html?$/i.test(name))) return name;
  return name + ending;
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
