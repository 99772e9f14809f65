import type { TenantScope } from "../../platform/db/index.ts";
import { isErrorCode, toAppError } from "../../shared/errors.ts";
import { deleteSourceRow, findDocumentBySource, findSource, recordSourceStep } from "../queries/sources.ts";
import { sourceCountsSchema } from "../schema.ts";
import { crawlSite } from "./crawl-site.ts";
import { HEAD_BYTES } from "./read-page-links.ts";
import { createRobotsCache } from "./robots.ts";
import { type SourceDeps, sourceDeps } from "./source-deps.ts";
import type { SourceRun } from "./source-run.ts";
import { visitPage } from "./visit-page.ts";

/** How a source is looked at. */
export interface FollowOptions {
  readonly priority: "online" | "offline";
  readonly signal: AbortSignal;
}

/** A source without its document is one whose first page is just being stored, for so long. */
const SETTLING_MS = 3_600_000;

/**
 * Looks at a page or a site again: what changed becomes a new version, what is new a document; what is gone is kept and
 * counted. Can be run again at any point: what did not change since costs one short request a page.
 *
 * @throws the signal's reason; an outage of the database. What is wrong with the site is noted with the source.
 */
export async function followSource(
  scope: TenantScope,
  sourceId: string,
  { priority, signal }: FollowOptions,
  deps: SourceDeps = sourceDeps,
): Promise<void> {
  const source = await findSource(scope, sourceId);
  if (source === null) return;
  const run: SourceRun = {
    scope,
    source,
    priority,
    signal,
    deps,
    robots: createRobotsCache(deps.outbound, signal),
    counts: sourceCountsSchema.parse({}),
    hashes: new Set(),
  };
  await recordSourceStep(scope, sourceId, { state: "running", counts: run.counts });
  try {
    const detail = source.kind === "site" ? await crawlSite(run) : await lookAtPage(run);
    await recordSourceStep(scope, sourceId, { state: "idle", counts: run.counts, stateDetail: detail });
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = toAppError(error);
    if (!/^(?:url|document)_/.test(code)) throw error;
    await failSource(scope, sourceId, code, message);
  }
}

/** Notes why a source could not be looked at. */
export async function failSource(
  scope: TenantScope,
  sourceId: string,
  reason: string,
  message?: string,
): Promise<void> {
  const errorCode = isErrorCode(reason) ? reason : "internal";
  const stateDetail = message ?? "The site could not be looked at to the end. It is tried again tomorrow.";
  await recordSourceStep(scope, sourceId, { state: "failed", errorCode, stateDetail });
}

async function lookAtPage(run: SourceRun): Promise<string | null> {
  const { scope, source, counts } = run;
  const known = await findDocumentBySource(scope, source.collectionId, source.uri);
  if (known === null) {
    // Somebody deleted the document: nobody wants the page any more.
    const isSettling = Date.now() - Date.parse(source.createdAt) < SETTLING_MS;
    if (!isSettling) await deleteSourceRow(scope, source.id, async () => {});
    return null;
  }
  await visitPage(run, { url: new URL(source.uri), linkBytes: HEAD_BYTES, isMovable: true });
  return counts.gone > 0 ? "The page is no longer there. Its document is kept as it was." : null;
}
