import { setTimeout as sleep } from "node:timers/promises";
import type { CreateUrlDocument, Source } from "../../../knowledge/schema.ts";
import { AppError } from "../../../shared/errors.ts";
import { isSettled } from "./await-documents.ts";
import type { IngestTarget } from "./ingest-target.ts";
import type { Outcome } from "./sync-files.ts";

const POLL_MS = 1_000;

/** Adds the page at an address; of a site all its pages, once the site was gone through. */
export async function addAddress(
  target: IngestTarget,
  collectionId: string,
  url: CreateUrlDocument,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Outcome[]> {
  try {
    const { id, state, isNew, isUpdated, sourceId } = await target.addUrl(collectionId, url);
    const change = isNew ? "added" : isUpdated ? "changed" : "unchanged";
    const first: Outcome = { path: url.url, id, change, state, error: null };
    if (url.site === undefined || sourceId === null) return [first];
    const site = await awaitSite(target, collectionId, sourceId, say, signal);
    return [first, ...(await findPages(target, collectionId, site, id))];
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "unavailable") throw error;
    return [{ path: url.url, id: null, change: "failed", state: "failed", error: error.message }];
  }
}

async function awaitSite(
  target: IngestTarget,
  collectionId: string,
  sourceId: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Source | undefined> {
  // The job that goes through the site may not have begun: a run is over when its time has moved on.
  const before = (await target.sources(collectionId)).find(({ id }) => id === sourceId);
  for (;;) {
    const source = (await target.sources(collectionId)).find(({ id }) => id === sourceId);
    const isOver = source?.lastRunAt !== before?.lastRunAt && source?.state !== "running";
    if (source === undefined || isOver || signal.aborted) {
      if (source?.stateDetail != null) say(`${source.uri}: ${source.stateDetail}`);
      return source;
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

/** The pages of a site that are on their way, or that could not be read. */
async function findPages(
  target: IngestTarget,
  collectionId: string,
  site: Source | undefined,
  firstId: string,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const prefix = site?.uri.slice(0, site.uri.lastIndexOf("/") + 1);
  for await (const { id, sourceUri, state, stateDetail } of target.documents(collectionId)) {
    if (prefix === undefined || id === firstId || !(sourceUri?.startsWith(prefix) ?? false)) continue;
    const change = isSettled(state) ? "unchanged" : "added";
    outcomes.push({
      path: sourceUri ?? "",
      id,
      change,
      state,
      error: state === "failed" ? stateDetail : null,
    });
  }
  return outcomes;
}
