import { deleteBlob, putBlob, type StoredBlob } from "../../platform/blob.ts";
import { fetchOutbound, type OutboundResponse } from "../../platform/outbound/index.ts";
import { AppError } from "../../shared/errors.ts";
import { safeFileName } from "../ingest/file-title.ts";
import { canonicalUrl, fileNameOf } from "./canonical-url.ts";
import { checkHead } from "./check-head.ts";
import { type PageLinks, readPageLinks } from "./read-page-links.ts";
import { recodeText } from "./recode-text.ts";
import type { createRobotsCache } from "./robots.ts";
import type { SourceDeps } from "./source-deps.ts";

/** A page that was fetched and stored; nothing refers to its file yet. */
export interface FetchedPage {
  readonly outcome: "page";
  /** Where it came from in the end. */
  readonly url: URL;
  /** The same, as it is known by. What the page says its address is (`links.canonical`) is only where to look. */
  readonly uri: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly blob: StoredBlob;
  readonly links: PageLinks;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** What became of fetching a page. */
export type PageOutcome =
  | FetchedPage
  | { readonly outcome: "unchanged"; readonly url: URL }
  /** There is no page any more (404, 410). */
  | { readonly outcome: "gone"; readonly status: number };

/** How a page is fetched. */
export interface FetchPageOptions {
  readonly robots: ReturnType<typeof createRobotsCache>;
  readonly etag?: string | null;
  readonly lastModified?: string | null;
  /** Bytes of the page that are read for links; its head alone when they are not followed. */
  readonly linkBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Throws to refuse an address that a redirect leads to. */
  readonly onHop?: (url: URL) => void;
}

const NO_LINKS: PageLinks = { links: [], canonical: null, isNoIndex: false, isNoFollow: false };
const ACCEPT = "text/html, application/xhtml+xml, application/pdf, text/*;q=.9, */*;q=.5";

/**
 * Fetches one page as robots.txt allows and stores its file. What it is, its bytes decide.
 *
 * @throws AppError `url_robots`, `document_type_unsupported`, `document_empty`, those of the outbound fetch, and
 *   `url_failed` with the status the site answered.
 */
export function fetchPage(
  address: URL,
  { robots, onHop, ...options }: FetchPageOptions,
  deps: SourceDeps,
): Promise<PageOutcome> {
  const checkHop = async (url: URL) => {
    onHop?.(url);
    if (!(await robots(url)).isAllowed(url)) throw new AppError("url_robots");
  };
  const { etag, lastModified, signal, linkBytes } = options;
  return fetchOutbound(
    address,
    { maxBytes: deps.limitBytes(), etag, lastModified, signal, accept: ACCEPT, onHop: checkHop },
    async (response): Promise<PageOutcome> => {
      if (response.status === 304) return { outcome: "unchanged", url: response.url };
      if (response.status === 404 || response.status === 410)
        return { outcome: "gone", status: response.status };
      if (response.status !== 200) throw statusError(response);
      return storePage(response, linkBytes);
    },
    deps.outbound,
  );
}

function statusError({ status, headers }: OutboundResponse): AppError {
  const retryAfter = Number(headers["retry-after"]);
  return new AppError("url_failed", {
    message:
      status === 401 || status === 403
        ? `The site does not give this page to everybody (status ${status}).`
        : `The site answered with status ${status} in place of the page.`,
    context: { status },
    ...(Number.isFinite(retryAfter) && retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {}),
  });
}

async function storePage(response: OutboundResponse, linkBytes: number): Promise<FetchedPage> {
  const { url, headers } = response;
  const contentType = headers["content-type"];
  const fileName = safeFileName(fileNameOf(url, contentType));
  const head: Uint8Array[] = [];
  let headBytes = 0;
  async function* watched() {
    for await (const part of recodeText(response.content, contentType)) {
      if (headBytes < linkBytes) {
        head.push(part);
        headBytes += part.byteLength;
      }
      yield part;
    }
  }
  const checked = checkHead(watched(), fileName);
  const blob = await putBlob(checked.content);
  if (blob.sizeBytes === 0) {
    await deleteBlob(blob.key);
    throw new AppError("document_empty");
  }
  const mediaType = checked.mediaType();
  const robotsHeader = String(headers["x-robots-tag"] ?? "");
  const links =
    mediaType === "text/html"
      ? readPageLinks(Buffer.concat(head).subarray(0, linkBytes).toString("utf8"), url, robotsHeader)
      : { ...NO_LINKS, isNoIndex: /\bno(?:index|ne)\b/i.test(robotsHeader) };
  return {
    outcome: "page",
    url,
    uri: canonicalUrl(url),
    fileName,
    mediaType,
    blob,
    links,
    etag: headers.etag ?? null,
    lastModified: headers["last-modified"] ?? null,
  };
}

/** Another address of the same host under which the page says it really stands; null when it stands there already. */
export function preferredAddress({ url, uri, links }: FetchedPage): URL | null {
  const { canonical } = links;
  return canonical !== null && canonical.origin === url.origin && canonicalUrl(canonical) !== uri
    ? canonical
    : null;
}
