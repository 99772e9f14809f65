import { deleteBlob, openBlob } from "../../platform/blob.ts";
import { decodeMarkup } from "../parse/decode-text.ts";
import { findDocumentBySource, recordUnchanged, type SourcedDocument } from "../queries/sources.ts";
import { canonicalUrl } from "./canonical-url.ts";
import { type FetchedPage, fetchPage, preferredAddress } from "./fetch-page.ts";
import { placePage } from "./place-page.ts";
import { readPageLinks } from "./read-page-links.ts";
import type { SourceRun } from "./source-run.ts";

/** A page to look at. */
export interface Visit {
  readonly url: URL;
  readonly linkBytes: number;
  /** The document stays known by this address wherever the page is now. */
  readonly isMovable: boolean;
  readonly onHop?: (url: URL) => void;
  /** Whether the address a page came from in the end was looked at already. */
  readonly isKnown?: (uri: string) => boolean;
}

/** What a visit came to. */
export interface VisitResult {
  /** True when the page is a document now, or still. */
  readonly isKept: boolean;
  readonly links: readonly URL[];
}

/** Fetches one page of a source, unless it did not change, and makes it a document; counts what became of it. */
export async function visitPage(run: SourceRun, visit: Visit): Promise<VisitResult> {
  const { scope, source, counts, signal } = run;
  const uri = canonicalUrl(visit.url);
  const known = await findDocumentBySource(scope, source.collectionId, uri);
  // What could not be read is fetched whole again.
  const state = known?.state === "failed" ? null : known;
  const page = await fetchPage(
    visit.url,
    {
      robots: run.robots,
      etag: state?.etag ?? null,
      lastModified: state?.lastModified ?? null,
      linkBytes: visit.linkBytes,
      signal,
      ...(visit.onHop === undefined ? {} : { onHop: visit.onHop }),
    },
    run.deps,
  );
  if (page.outcome === "gone") {
    counts[known === null ? "skipped" : "gone"] += 1;
    return { isKept: false, links: [] };
  }
  if (page.outcome === "page") return keepPage(run, visit, page);
  counts.unchanged += 1;
  if (known === null) return { isKept: false, links: [] };
  await recordUnchanged(scope, known.id);
  run.hashes.add(known.contentHash);
  return {
    isKept: true,
    links: visit.linkBytes === 0 ? [] : await storedLinks(known, page.url, visit.linkBytes),
  };
}

async function keepPage(run: SourceRun, visit: Visit, page: FetchedPage): Promise<VisitResult> {
  const { scope, source, counts, priority, hashes } = run;
  const preferred = preferredAddress(page);
  const links = page.links.isNoFollow ? [] : page.links.links;
  const isDouble = hashes.has(page.blob.sha256) || visit.isKnown?.(page.uri) === true;
  if (page.links.isNoIndex || isDouble || (preferred !== null && !visit.isMovable)) {
    counts.skipped += 1;
    await deleteBlob(page.blob.key);
    // The page stands elsewhere, by its own word: it is looked for there.
    return { isKept: false, links: preferred === null ? links : [preferred, ...links] };
  }
  const accepted = await placePage(
    scope,
    {
      collectionId: source.collectionId,
      createdBy: source.createdBy,
      sourceId: source.id,
      priority,
      ...(visit.isMovable ? { uri: canonicalUrl(visit.url) } : {}),
    },
    page,
  );
  hashes.add(page.blob.sha256);
  counts[accepted.isNew ? "added" : accepted.isUpdated ? "changed" : "unchanged"] += 1;
  return { isKept: true, links };
}

/** The links of a page that did not change, from the file that is there. */
async function storedLinks(document: SourcedDocument, url: URL, limitBytes: number): Promise<readonly URL[]> {
  if (document.mediaType !== "text/html") return [];
  const { stream } = await openBlob(document.blobKey);
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.byteLength;
    if (bytes >= limitBytes) break;
  }
  const { links, isNoFollow } = readPageLinks(decodeMarkup(Buffer.concat(parts)), url);
  return isNoFollow ? [] : links;
}
