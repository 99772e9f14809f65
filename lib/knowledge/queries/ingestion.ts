import { sql } from "drizzle-orm";
import { type TenantScope, withTenant } from "../../platform/db/index.ts";
import type { ParsedPage } from "../parse/parsed-document.ts";
import { type ChunkOwner, insertChunks, type NewChunk } from "./chunks.ts";
import type { StoredDocument } from "./documents.ts";
import { type Activation, activateVersion, ensureVersion, insertPages, type NewVersion } from "./versions.ts";

/** Stores the text of a version. @returns the version's id. */
export function storeVersion(scope: TenantScope, version: NewVersion): Promise<string> {
  return withTenant(scope, (transaction) => ensureVersion(transaction, scope, version));
}

/** Stores some pages of a version. */
export function storePages(
  scope: TenantScope,
  versionId: string,
  pages: readonly ParsedPage[],
): Promise<void> {
  return withTenant(scope, (transaction) => insertPages(transaction, scope, versionId, pages));
}

/** Stores some passages of a version. */
export function storeChunks(
  scope: TenantScope,
  owner: ChunkOwner,
  chunks: readonly NewChunk[],
): Promise<void> {
  return withTenant(scope, (transaction) => insertChunks(transaction, scope, owner, chunks));
}

/** Commits the switch to a version whose parts are all stored. */
export function switchVersion(
  scope: TenantScope,
  activation: Activation,
): ReturnType<typeof activateVersion> {
  return withTenant(scope, (transaction) => activateVersion(transaction, scope, activation));
}

/** A document small enough to be stored and made visible in one short transaction. */
export interface SmallDocument {
  readonly version: NewVersion;
  readonly pages: readonly ParsedPage[];
  readonly owner: Omit<ChunkOwner, "versionId">;
  readonly chunks: readonly NewChunk[];
  readonly activation: Omit<Activation, "versionId">;
}

/** Does all of it at once, with a quarter of the round trips. @returns the version's id, or null as {@link activateVersion}. */
export function storeSmallDocument(
  scope: TenantScope,
  document: SmallDocument,
): Promise<{ readonly versionId: string; readonly previousVersionId: string | null } | null> {
  return withTenant(scope, async (transaction) => {
    const versionId = await ensureVersion(transaction, scope, document.version);
    await insertPages(transaction, scope, versionId, document.pages);
    await insertChunks(transaction, scope, { ...document.owner, versionId }, document.chunks);
    const activated = await activateVersion(transaction, scope, { ...document.activation, versionId });
    return activated === false ? null : { versionId, ...activated };
  });
}

/** True when another document of the collection has this title. */
export async function isTitleTaken(
  scope: TenantScope,
  document: Pick<StoredDocument, "id" | "collectionId">,
  title: string,
): Promise<boolean> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute(sql`
      select 1 from document where org_id = ${scope.orgId} and collection_id = ${document.collectionId}
        and title = ${title} and id <> ${document.id} limit 1`),
  );
  return rows.length > 0;
}
