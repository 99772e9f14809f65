import { deleteBlob } from "../../platform/blob.ts";
import type { TenantScope } from "../../platform/db/index.ts";
import { isBlobUsed } from "../queries/documents.ts";
import type { AcceptedDocument } from "../schema.ts";
import type { FetchedPage } from "./fetch-page.ts";
import { placeFile } from "./place-file.ts";

/** Where a page belongs. */
export interface PageOwner {
  readonly collectionId: string;
  readonly createdBy: string | null;
  readonly sourceId: string | null;
  readonly priority: "online" | "offline";
  /** The address of the document; the page's own when absent. A page that has moved stays the same document. */
  readonly uri?: string;
}

/** Makes a fetched page a document, or the next version of the one at its address. */
export async function placePage(
  scope: TenantScope,
  owner: PageOwner,
  page: FetchedPage,
): Promise<AcceptedDocument> {
  try {
    return await placeFile(scope, {
      collectionId: owner.collectionId,
      createdBy: owner.createdBy,
      priority: owner.priority,
      fileName: page.fileName,
      mediaType: page.mediaType,
      blob: page.blob,
      kind: "upload",
      identity: {
        sourceKind: "url",
        sourceUri: owner.uri ?? page.uri,
        sourceId: owner.sourceId,
        etag: page.etag,
        lastModified: page.lastModified,
      },
    });
  } catch (error) {
    if (!(await isBlobUsed(scope, page.blob.key))) await deleteBlob(page.blob.key);
    throw error;
  }
}
