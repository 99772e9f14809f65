import { recordAudit } from "../../identity/index.ts";
import type { Principal } from "../../identity/schema.ts";
import { deleteBlob } from "../../platform/blob.ts";
import { AppError } from "../../shared/errors.ts";
import { assertCollectionLevel } from "../collections.ts";
import { attachSource, upsertSource } from "../queries/sources.ts";
import type { AcceptedDocument, CreateUrlDocument } from "../schema.ts";
import { canonicalUrl } from "./canonical-url.ts";
import { type FetchedPage, type FetchPageOptions, fetchPage, preferredAddress } from "./fetch-page.ts";
import { enqueueFollow } from "./follow-job.ts";
import { placePage } from "./place-page.ts";
import { HEAD_BYTES } from "./read-page-links.ts";
import { createRobotsCache } from "./robots.ts";
import { type SourceDeps, sourceDeps } from "./source-deps.ts";

/**
 * Makes the page at an address a document and follows it from now on; with `site` the pages it leads to come after it
 * in the background. The page is fetched at once, so that what is wrong with the address is said at once.
 *
 * @throws AppError `not_found` or `forbidden` for the collection; those of `fetchPage`.
 */
export async function addUrlDocument(
  principal: Principal,
  collectionId: string,
  { url, site, refresh }: CreateUrlDocument,
  signal?: AbortSignal,
  deps: SourceDeps = sourceDeps,
): Promise<AcceptedDocument> {
  await assertCollectionLevel(principal, collectionId, "write");
  const page = await fetchFirstPage(url, signal, deps);
  const sourceId = await upsertSource(
    principal,
    {
      collectionId,
      kind: site === undefined ? "page" : "site",
      uri: page.uri,
      settings: site ?? {},
      refresh,
      createdBy: principal.userId,
    },
    (transaction, id) =>
      recordAudit(transaction, principal, {
        action: "source.follow",
        subjectType: "source",
        subjectId: id,
        detail: { collectionId, kind: site === undefined ? "page" : "site" },
      }),
  );
  const owner = { collectionId, createdBy: principal.userId, sourceId, priority: "online" } as const;
  const accepted = await placePage(principal, owner, page);
  if (!accepted.isNew) await attachSource(principal, accepted.id, sourceId);
  if (site !== undefined) await enqueueFollow(principal, sourceId, "online");
  return { ...accepted, sourceId };
}

async function fetchFirstPage(
  address: string,
  signal: AbortSignal | undefined,
  deps: SourceDeps,
): Promise<FetchedPage> {
  if (!URL.canParse(address)) throw new AppError("url_invalid");
  const options = { robots: createRobotsCache(deps.outbound, signal), linkBytes: HEAD_BYTES, signal };
  const page = await fetchPage(new URL(canonicalUrl(new URL(address))), options, deps);
  if (page.outcome === "gone") {
    throw new AppError("url_failed", {
      message: `There is no page at this address (status ${page.status}).`,
    });
  }
  // Nothing was asked for conditionally, so nothing is unchanged.
  if (page.outcome !== "page") throw new AppError("url_failed");
  const better = await fetchPreferred(page, options, deps);
  if (better !== null) await deleteBlob(page.blob.key);
  const chosen = better ?? page;
  if (chosen.links.isNoIndex) {
    await deleteBlob(chosen.blob.key);
    throw new AppError("url_robots", { message: "The page asks programs not to keep it." });
  }
  return chosen;
}

/** The page under the address it names as its own; null when that leads nowhere: then it is kept as it was found. */
async function fetchPreferred(
  page: FetchedPage,
  options: FetchPageOptions,
  deps: SourceDeps,
): Promise<FetchedPage | null> {
  const address = preferredAddress(page);
  if (address === null) return null;
  try {
    const preferred = await fetchPage(address, options, deps);
    return preferred.outcome === "page" ? preferred : null;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof AppError) return null;
    await deleteBlob(page.blob.key);
    throw error;
  }
}
