import { recordAudit } from "../../identity/index.ts";
import type { Principal } from "../../identity/schema.ts";
import { deleteBlob } from "../../platform/blob.ts";
import { AppError } from "../../shared/errors.ts";
import { assertCollectionLevel } from "../collections.ts";
import { findDocumentRow } from "../queries/documents.ts";
import {
  deleteSourceRow,
  findDocumentSource,
  findReadableSource,
  findSourceRows,
  recordSourceStep,
  recordUnchanged,
  type StoredSource,
} from "../queries/sources.ts";
import type { AcceptedDocument, Source } from "../schema.ts";
import { fetchPage } from "./fetch-page.ts";
import { enqueueFollow } from "./follow-job.ts";
import { placePage } from "./place-page.ts";
import { HEAD_BYTES } from "./read-page-links.ts";
import { createRobotsCache } from "./robots.ts";
import { type SourceDeps, sourceDeps } from "./source-deps.ts";

function toSource({ orgId: _org, createdBy: _by, ...source }: StoredSource): Source {
  return source;
}

/** The pages and sites that are followed for a collection, newest first. */
export async function listSources(principal: Principal, collectionId: string): Promise<Source[]> {
  await assertCollectionLevel(principal, collectionId, "read");
  return (await findSourceRows(principal, collectionId)).map(toSource);
}

async function getWritable(principal: Principal, id: string): Promise<StoredSource> {
  const found = await findReadableSource(principal, id);
  if (found === null) throw new AppError("not_found");
  const { level, ...source } = found;
  if (level === "read") throw new AppError("forbidden");
  return source;
}

/** Looks at a page or site again, now, in the background. */
export async function refreshSource(principal: Principal, id: string): Promise<Source> {
  const source = await getWritable(principal, id);
  if (source.state !== "running") await recordSourceStep(principal, id, { state: "queued" });
  await enqueueFollow(principal, id, "online");
  return toSource(await getWritable(principal, id));
}

/** Stops following a page or site; its documents stay as they are. */
export async function unfollowSource(principal: Principal, id: string): Promise<void> {
  const { collectionId } = await getWritable(principal, id);
  await deleteSourceRow(principal, id, (transaction) =>
    recordAudit(transaction, principal, {
      action: "source.unfollow",
      subjectType: "source",
      subjectId: id,
      detail: { collectionId },
    }),
  );
}

/**
 * Fetches the page of a document again, while the caller waits; what changed becomes a new version.
 *
 * @throws AppError `not_found`, `forbidden`; `invalid_request` for a document that has no address; those of `fetchPage`.
 */
export async function refreshDocument(
  principal: Principal,
  id: string,
  signal?: AbortSignal,
  deps: SourceDeps = sourceDeps,
): Promise<AcceptedDocument> {
  const row = await findDocumentRow(principal, id);
  const document = row === null ? null : await findDocumentSource(principal, id);
  if (row === null || document === null) throw new AppError("not_found");
  if (row.level === "read") throw new AppError("forbidden");
  const { sourceUri: uri, sourceId, collectionId } = document;
  if (document.sourceKind !== "url" || uri === null) {
    throw new AppError("invalid_request", { message: "This document did not come from a web address." });
  }
  const isRead = document.state !== "failed";
  const page = await fetchPage(
    new URL(uri),
    {
      robots: createRobotsCache(deps.outbound, signal),
      etag: isRead ? document.etag : null,
      lastModified: isRead ? document.lastModified : null,
      linkBytes: HEAD_BYTES,
      signal,
    },
    deps,
  );
  if (page.outcome === "gone") {
    const message = `The page is no longer there (status ${page.status}). The document is kept as it was.`;
    throw new AppError("url_failed", { message });
  }
  if (page.outcome === "unchanged") {
    await recordUnchanged(principal, id);
    return { id, state: document.state, title: document.title, isNew: false, isUpdated: false, sourceId };
  }
  if (page.links.isNoIndex) {
    await deleteBlob(page.blob.key);
    throw new AppError("url_robots", { message: "The page asks programs not to keep it." });
  }
  const owner = { collectionId, createdBy: principal.userId, sourceId, priority: "online", uri } as const;
  return placePage(principal, owner, page);
}
