import { AppError, toAppError } from "../../shared/errors.ts";
import { recordSourceStep } from "../queries/sources.ts";
import { type SourceCounts, siteSettingsSchema } from "../schema.ts";
import { canonicalUrl, isAsset, isInSite, type SiteScope, siteScope } from "./canonical-url.ts";
import { waitTurn } from "./polite-pace.ts";
import { MAX_PAGE_CHARACTERS } from "./read-page-links.ts";
import type { SourceRun } from "./source-run.ts";
import { type VisitResult, visitPage } from "./visit-page.ts";

/** Addresses looked at for each page that is kept at most: a calendar without end is left at some point. */
const LOOKS_PER_PAGE = 4;
/** A site that says it has too much to do is asked once more after a while. */
const MAX_RETRY_SECONDS = 60;
const DEFAULT_RETRY_SECONDS = 10;
/** Links kept in mind for a run. */
const MAX_FRONTIER = 20_000;

interface Step {
  readonly url: URL;
  readonly depth: number;
}

/**
 * Goes through a site from its first page, nearest pages first, within its limits of depth and pages.
 *
 * @returns a sentence about what a person should know; null when all went well.
 * @throws AppError when the first page cannot be fetched.
 */
export async function crawlSite(run: SourceRun): Promise<string | null> {
  const { source, counts, signal } = run;
  const { depth: maxDepth, limit } = siteSettingsSchema.parse(source.settings);
  const start = new URL(source.uri);
  const site = siteScope(start);
  const frontier: Step[] = [{ url: start, depth: 0 }];
  const seen = new Set([canonicalUrl(start)]);
  let kept = 0;
  let firstFailure: string | null = null;
  for (let looked = 0; kept < limit && looked < limit * LOOKS_PER_PAGE; looked += 1) {
    signal.throwIfAborted();
    const step = frontier.shift();
    if (step === undefined) break;
    counts.found += 1;
    const visited = await visitStep(run, site, step, seen).catch((error: unknown) => {
      if (step.depth === 0) throw error;
      firstFailure ??= noteFailure(run, error);
      return { isKept: false, links: [] };
    });
    if (visited.isKept) kept += 1;
    if (step.depth < maxDepth) gather(frontier, seen, site, visited.links, step.depth + 1);
    const isFollowed = await recordSourceStep(run.scope, source.id, { state: "running", counts });
    if (!isFollowed) return null;
  }
  return summarise(counts, kept >= limit && frontier.length > 0, limit, firstFailure);
}

async function visitStep(
  run: SourceRun,
  site: SiteScope,
  { url }: Step,
  seen: Set<string>,
): Promise<VisitResult> {
  const own = canonicalUrl(url);
  const visit = async () => {
    await waitTurn(url, await run.robots(url), run);
    return visitPage(run, {
      url,
      linkBytes: MAX_PAGE_CHARACTERS,
      isMovable: false,
      onHop: (hop) => {
        if (!isInSite(site, hop))
          throw new AppError("url_refused", { message: "The page lies outside the site." });
      },
      isKnown: (uri) => {
        const isKnown = uri !== own && seen.has(uri);
        seen.add(uri);
        return isKnown;
      },
    });
  };
  try {
    return await visit();
  } catch (error) {
    const { status } = toAppError(error).context;
    if (status !== 429 && status !== 503) throw error;
    const seconds = Math.min(toAppError(error).retryAfterSeconds ?? DEFAULT_RETRY_SECONDS, MAX_RETRY_SECONDS);
    await run.deps.sleep(seconds * 1000, run.signal);
    return visit();
  }
}

function gather(
  frontier: Step[],
  seen: Set<string>,
  site: SiteScope,
  links: readonly URL[],
  depth: number,
): void {
  for (const url of links) {
    const uri = canonicalUrl(url);
    if (seen.has(uri) || seen.size > MAX_FRONTIER || !isInSite(site, url) || isAsset(url)) continue;
    seen.add(uri);
    frontier.push({ url: new URL(uri), depth });
  }
}

/** Counts a page that could not become a document. @returns the sentence to show, null when there is nothing to say. */
function noteFailure({ counts, signal }: SourceRun, error: unknown): string | null {
  signal.throwIfAborted();
  const { code, message } = toAppError(error);
  if (!/^(?:url|document)_/.test(code)) throw error;
  const isSkipped = ["url_robots", "url_refused", "document_type_unsupported", "document_empty"].includes(
    code,
  );
  counts[isSkipped ? "skipped" : "failed"] += 1;
  return isSkipped ? null : message;
}

function summarise(
  counts: SourceCounts,
  isCutOff: boolean,
  limit: number,
  firstFailure: string | null,
): string | null {
  const sentences = [
    isCutOff ? `The site has more than the ${limit} pages that were asked for.` : "",
    counts.failed === 0 ? "" : `${pages(counts.failed)} could not be fetched: ${firstFailure ?? ""}`.trim(),
    counts.gone === 0 ? "" : `${pages(counts.gone)} no longer there; the documents are kept.`,
  ].filter((sentence) => sentence !== "");
  return sentences.length === 0 ? null : sentences.join(" ");
}

function pages(count: number): string {
  return count === 1 ? "1 page" : `${count} pages`;
}
