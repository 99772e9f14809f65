import { sql } from "drizzle-orm";
import { readTenant, type TenantScope, type Transaction, withTenant } from "../../platform/db/index.ts";
import { uuidArray } from "./access.ts";
import {
  deleteChunks,
  deleteChunksById,
  insertChunks,
  insertPlaces,
  keepRetiredChunks,
  type NewChunk,
  type OwnedChunks,
  type RevisedIndex,
  retireChunks,
  reviseChunks,
  type StoredPlace,
} from "./chunks.ts";
import { type Claim, ClaimLost, type ClaimStep, stepClaim } from "./claims.ts";
import { deleteNotes } from "./passage-notes.ts";
import {
  type Activation,
  activateVersions,
  insertPages,
  insertVersions,
  moveVersions,
  type NewPage,
  type NewVersion,
} from "./versions.ts";

/** A document small enough to be stored and made visible in one short transaction, alone or with others. */
export interface SmallDocument {
  readonly claim: Claim;
  readonly collectionId: string;
  readonly version: NewVersion;
  readonly chunks: readonly NewChunk[];
  /** Passages of the version before that stay. */
  readonly kept: readonly StoredPlace[];
  /** Those of them that are indexed differently now. */
  readonly revised: readonly RevisedIndex[];
  /** Ids of passages that the new version no longer holds. */
  readonly gone: readonly string[];
  /** Another version is active. */
  readonly replaces: boolean;
  readonly activation: Omit<Activation, "claim" | "versionId" | "isSettled">;
}

/**
 * Stores documents of one organisation whole, in one transaction of eight statements however many they are.
 *
 * @returns the ids of those that were stored; a claim on the others was lost.
 */
export function storeSmallDocuments(
  scope: TenantScope,
  documents: readonly SmallDocument[],
  vectorSpace: string,
): Promise<ReadonlySet<string>> {
  return withTenant(scope, async (transaction) => {
    // First the rows that claims stand in: whatever follows belongs to documents that nobody takes away meanwhile.
    const activations = documents.map(
      ({ claim, version, activation }): Activation => ({
        ...activation,
        claim,
        versionId: version.id,
        isSettled: true,
      }),
    );
    const held = await activateVersions(transaction, scope, activations);
    const stored = documents.filter(({ claim }) => held.has(claim.id));
    if (stored.length === 0) return held;
    const again = stored.filter(({ replaces }) => replaces).map(({ claim }) => claim.id);
    const versions = stored.map(({ version }) => version);
    const pages = versions.flatMap(({ id, pages: own }) => own.map((page) => ({ ...page, versionId: id })));
    const kept = stored.flatMap((document) => document.kept);
    const revised = stored.flatMap((document) => document.revised);
    const gone = stored.flatMap((document) => document.gone);
    // One behind the other without waiting for answers: each pause would be one for everybody in the embedded database.
    await Promise.all([
      moveVersions(transaction, scope, again, "active", "superseded"),
      insertVersions(transaction, scope, "active", versions),
      insertPages(transaction, scope, pages),
      insertChunks(transaction, scope, stored.map(ownedChunks), vectorSpace),
      insertPlaces(transaction, scope, kept),
      reviseChunks(transaction, scope, revised, vectorSpace),
      deleteChunksById(transaction, scope, gone),
    ]);
    return held;
  });
}

function ownedChunks({ claim, collectionId, version, chunks }: SmallDocument): OwnedChunks {
  return { owner: { collectionId, documentId: claim.id, versionId: version.id }, chunks };
}

/** Begins a version that is stored in parts; nothing of it is visible. @throws ClaimLost */
export function openBuilding(claim: Claim, version: NewVersion, step: ClaimStep): Promise<void> {
  return withTenant(claim, async (transaction) => {
    await stepClaim(transaction, claim, step);
    await insertVersions(transaction, claim, "building", [version]);
  });
}

/** A part of a version that is being built. */
export interface VersionPart {
  readonly pages?: readonly (NewPage & { readonly versionId: string })[];
  readonly chunks?: { readonly owned: OwnedChunks; readonly vectorSpace: string };
  readonly revised?: { readonly index: readonly RevisedIndex[]; readonly vectorSpace: string };
  readonly kept?: readonly StoredPlace[];
  readonly retired?: { readonly versionId: string; readonly chunkIds: readonly string[] };
}

/** Stores a part together with how far the reading is. @throws ClaimLost */
export function storePart(claim: Claim, step: ClaimStep, part: VersionPart): Promise<void> {
  return withTenant(claim, async (transaction) => {
    await stepClaim(transaction, claim, step);
    const { chunks, revised, retired } = part;
    await Promise.all([
      insertPages(transaction, claim, part.pages ?? []),
      chunks === undefined ? undefined : insertChunks(transaction, claim, [chunks.owned], chunks.vectorSpace),
      insertPlaces(transaction, claim, part.kept ?? []),
      revised === undefined
        ? undefined
        : reviseChunks(transaction, claim, revised.index, revised.vectorSpace),
      retired === undefined
        ? undefined
        : retireChunks(transaction, claim, retired.versionId, retired.chunkIds),
    ]);
  });
}

/** Commits the switch to a version whose parts are all stored. @throws ClaimLost */
export function switchVersion(activation: Activation): Promise<void> {
  const { claim } = activation;
  return withTenant(claim, async (transaction) => {
    const held = await activateVersions(transaction, claim, [activation]);
    if (!held.has(claim.id)) throw new ClaimLost();
    await moveVersions(transaction, claim, [claim.id], "active", "superseded");
    await moveVersions(transaction, claim, [claim.id], "building", "active");
  });
}

/** Ends a reading whose version is active already; pictures that a reading found are recognised next. */
export async function settleClaim(claim: Claim): Promise<void> {
  const awaitsRecognition = sql`exists (select from document_page p where p.org_id = ${claim.orgId}
    and p.version_id = document.active_version_id and p.state = 'pending')`;
  await withTenant(claim, (transaction) =>
    transaction.execute(sql`
      update document set state = case when ${awaitsRecognition} then 'ocr' else 'ready' end,
        progress = case when ${awaitsRecognition} then 0 else 1 end,
        priority = case when ${awaitsRecognition} then 'offline' else priority end,
        attempts = case when ${awaitsRecognition} then 0 else attempts end, claim_id = null, claim_expires_at = null, updated_at = now()
      where org_id = ${claim.orgId} and id = ${claim.id} and claim_id = ${claim.claimId}`),
  );
}

/** Runs a statement that removes some rows until it finds fewer than it may take. */
async function inSlices(
  scope: TenantScope,
  rowsMax: number,
  remove: (transaction: Transaction) => Promise<number>,
): Promise<void> {
  while ((await withTenant(scope, remove)) === rowsMax);
}

const CHUNKS_PER_STATEMENT = 200;
const PAGES_PER_STATEMENT = 200;

/** Removes the passages that an active version retired, in statements short enough for a database that serves. */
export function sweepRetired(scope: TenantScope, documentId: string, versionId: string): Promise<void> {
  return inSlices(scope, CHUNKS_PER_STATEMENT, (transaction) =>
    deleteChunks(transaction, scope, { documentId, retiredBy: versionId }, CHUNKS_PER_STATEMENT),
  );
}

/** Removes all passages of a document. */
export function deleteAllChunks(scope: TenantScope, documentId: string): Promise<void> {
  return inSlices(scope, CHUNKS_PER_STATEMENT, (transaction) =>
    deleteChunks(transaction, scope, { documentId }, CHUNKS_PER_STATEMENT),
  );
}

/**
 * Removes a version that never became active: what it retired is kept again, what it brought goes, at last the version
 * itself. Nothing of it is visible at any moment. Each slice asks first whether the version still is to go.
 *
 * @param stillUnwanted Asked in each transaction; false ends the work.
 */
export async function discardBuilding(
  scope: TenantScope,
  { documentId, versionId }: { readonly documentId: string; readonly versionId: string },
  stillUnwanted: (transaction: Transaction) => Promise<boolean> = async () => true,
): Promise<void> {
  const guarded =
    (remove: (transaction: Transaction) => Promise<number>) => async (transaction: Transaction) =>
      (await stillUnwanted(transaction)) ? remove(transaction) : 0;
  await inSlices(
    scope,
    CHUNKS_PER_STATEMENT,
    guarded((transaction) =>
      keepRetiredChunks(transaction, scope, { documentId, versionId }, CHUNKS_PER_STATEMENT),
    ),
  );
  await inSlices(
    scope,
    CHUNKS_PER_STATEMENT,
    guarded((transaction) =>
      deleteChunks(transaction, scope, { documentId, broughtBy: versionId }, CHUNKS_PER_STATEMENT),
    ),
  );
  await inSlices(
    scope,
    PAGES_PER_STATEMENT,
    guarded((transaction) => deletePages(transaction, scope, [versionId])),
  );
  await withTenant(scope, async (transaction) => {
    if (!(await stillUnwanted(transaction))) return;
    await transaction.execute(sql`
      delete from chunk_place where org_id = ${scope.orgId} and version_id = ${versionId}`);
    await transaction.execute(sql`
      delete from document_version where org_id = ${scope.orgId} and id = ${versionId} and state = 'building'`);
  });
}

async function deletePages(
  transaction: Transaction,
  scope: TenantScope,
  versionIds: readonly string[],
): Promise<number> {
  const rows = await transaction.execute(sql`
    delete from document_page where org_id = ${scope.orgId} and (version_id, page) in (
      select version_id, page from document_page where org_id = ${scope.orgId}
        and version_id = any(${uuidArray(versionIds)}::uuid[]) limit ${PAGES_PER_STATEMENT})
    returning page`);
  return rows.length;
}

/** Removes the sentences that are kept for a document. */
export function deleteAllNotes(scope: TenantScope, documentId: string): Promise<void> {
  return inSlices(scope, CHUNKS_PER_STATEMENT, (transaction) =>
    deleteNotes(transaction, scope, documentId, CHUNKS_PER_STATEMENT),
  );
}

/** Removes the pages of all versions of a document. */
export async function deleteAllPages(scope: TenantScope, documentId: string): Promise<void> {
  await inSlices(scope, PAGES_PER_STATEMENT, async (transaction) => {
    const versions = await transaction.execute<{ id: string }>(
      sql`select id from document_version where org_id = ${scope.orgId} and document_id = ${documentId}`,
    );
    return deletePages(
      transaction,
      scope,
      versions.map(({ id }) => id),
    );
  });
}

/** A look into the index for each row: the planner, which knows nothing of a table that grows, would read it whole. */
const LOOK_UPS = {
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  plan_cache_mode: "force_generic_plan",
};

/** Titles that other documents of these collections have, of the given ones. */
export async function findTakenTitles(
  scope: TenantScope,
  wanted: readonly { readonly collectionId: string; readonly documentId: string; readonly title: string }[],
): Promise<
  readonly { readonly collectionId: string; readonly documentId: string; readonly title: string }[]
> {
  if (wanted.length === 0) return [];
  return readTenant<{ collectionId: string; documentId: string; title: string }>(
    scope,
    sql`select w."collectionId", w."documentId", w.title
      from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w("collectionId" uuid, "documentId" uuid, title text)
      where exists (select from document d where d.org_id = ${scope.orgId} and d.collection_id = w."collectionId"
        and d.title = w.title and d.id <> w."documentId")`,
    LOOK_UPS,
  );
}
