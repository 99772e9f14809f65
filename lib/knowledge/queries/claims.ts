import { type SQL, sql } from "drizzle-orm";
import {
  readSystem,
  type TenantScope,
  type Transaction,
  withSystem,
  withTenant,
} from "../../platform/db/index.ts";
import { newId } from "../../shared/ids.ts";
import { uuidArray } from "./access.ts";
import { type DocumentRow, documentColumns, fromDocumentRow, type StoredDocument } from "./documents.ts";

/** A document on which this process holds a claim: its writes name the claim, so that a lost one writes nothing. */
export interface ClaimedDocument extends StoredDocument {
  readonly orgId: string;
  readonly claimId: string;
  /** `collection.settings`, as stored. */
  readonly settings: unknown;
  /** An interrupted reading left parts of a version. */
  readonly hasBuilding: boolean;
}

/** Identifies one worker's hold on one document. */
export type Claim = Pick<ClaimedDocument, "id" | "orgId" | "claimId">;

/** Thrown by writes whose claim is gone: cancelled, deleted, replaced by newer bytes, or taken by another worker. */
export class ClaimLost extends Error {
  constructor() {
    super("the claim on the document is gone");
    this.name = "ClaimLost";
  }
}

/** A document that waits, as far as choosing needs to know it. */
export interface WaitingDocument {
  readonly id: string;
  readonly orgId: string;
  readonly priority: "online" | "offline";
  readonly lane: Lane;
  readonly attempts: number;
}

/** `light`: many at a time. `heavy`: large files and ones that failed before, one at a time. `ocr`: pictures of text. */
export type Lane = "light" | "heavy" | "ocr";

/** A claim without a sign of life for so long is another worker's to take. */
const CLAIM_SECONDS = 12;

const isWaiting = sql`d.state in ('queued', 'parsing', 'ocr', 'indexing')`;
const isClaimable = sql`not d.is_paused and (d.run_after is null or d.run_after <= now())
  and (d.claim_expires_at is null or d.claim_expires_at < now())`;

/** What to look for. */
export interface WaitingSearch {
  /** Files up to this size are `light`. */
  readonly lightBytesMax: number;
  readonly lanes: readonly Lane[];
  /** Documents at most, for each organisation and priority. */
  readonly limit: number;
  /** Organisations whose offline work may not run now. */
  readonly closedOrgIds: readonly string[];
}

/** The row's lane as SQL. */
function laneOf(lightBytesMax: number): SQL {
  return sql`case when d.state = 'ocr' then 'ocr' when d.attempts > 0 or d.size_bytes > ${lightBytesMax}
    then 'heavy' else 'light' end`;
}

/**
 * Whether any document may be claimed now. In one round trip: workers ask several times a second, and a transaction keeps an
 * embedded database to itself until its last statement has come.
 */
export async function isAnyClaimable(): Promise<boolean> {
  const [row] = await readSystem<{ isThere: boolean }>(
    sql`select exists (select from document d where ${isWaiting} and ${isClaimable}) as "isThere"`,
  );
  return row?.isThere === true;
}

/**
 * The next documents of every organisation in their order, chosen from and claimed in one transaction; rows that
 * another worker is choosing from are passed over.
 *
 * @param choose Picks those to claim.
 */
export function claimDocuments(
  search: WaitingSearch,
  choose: (waiting: readonly WaitingDocument[]) => readonly WaitingDocument[],
): Promise<ClaimedDocument[]> {
  return withSystem(async (transaction) => {
    const waiting = await transaction.execute<WaitingDocument & Record<string, unknown>>(sql`
      with recursive line as (
        (select d.priority, d.org_id from document d where ${isWaiting} order by d.priority, d.org_id limit 1)
        union all
        select n.priority, n.org_id from line cross join lateral (
          select d.priority, d.org_id from document d
          where ${isWaiting} and (d.priority, d.org_id) > (line.priority, line.org_id)
          order by d.priority, d.org_id limit 1) n
      )
      select w.id, line.org_id as "orgId", line.priority, w.lane, w.attempts
      from line cross join lateral (
        select d.id, d.attempts, ${laneOf(search.lightBytesMax)} as lane from document d
        where ${isWaiting} and d.priority = line.priority and d.org_id = line.org_id and ${isClaimable}
          and ${laneOf(search.lightBytesMax)} = any(${`{${search.lanes.join(",")}}`}::text[])
        order by d.queued_at limit ${search.limit} for update skip locked
      ) w
      where line.priority = 'online' or line.org_id <> all(${uuidArray(search.closedOrgIds)}::uuid[])`);
    const chosen = waiting.length === 0 ? [] : choose(Array.from(waiting));
    return chosen.length === 0
      ? []
      : takeClaims(
          transaction,
          chosen.map(({ id }) => id),
        );
  });
}

/** Claims one document, if it waits and nobody holds it; for tests and the command line. */
export function claimDocument(scope: TenantScope, id: string): Promise<ClaimedDocument | null> {
  return withSystem(async (transaction) => {
    const [row] = await transaction.execute(sql`
      select d.id from document d where d.org_id = ${scope.orgId} and d.id = ${id} and ${isWaiting}
        and (d.claim_expires_at is null or d.claim_expires_at < now()) for update`);
    return row === undefined ? null : ((await takeClaims(transaction, [id]))[0] ?? null);
  });
}

async function takeClaims(transaction: Transaction, ids: readonly string[]): Promise<ClaimedDocument[]> {
  const rows = await transaction.execute<DocumentRow<ClaimedDocument>>(sql`
    update document d set claim_id = ${newId()}, claim_expires_at = now() + make_interval(secs => ${CLAIM_SECONDS}),
      attempts = d.attempts + 1
    from collection c where d.id = any(${uuidArray(ids)}::uuid[]) and c.id = d.collection_id
    returning ${documentColumns}, d.org_id as "orgId", d.claim_id as "claimId", c.settings,
      exists (select from document_version v where v.org_id = d.org_id and v.document_id = d.id
        and v.state = 'building') as "hasBuilding"`);
  return rows.map((row) => fromDocumentRow<ClaimedDocument>(row));
}

/**
 * Tells which claims still hold, and gives them more time when asked to.
 *
 * @returns the ids of documents whose claim holds.
 */
export async function keepClaims(claims: readonly Claim[], extend: boolean): Promise<ReadonlySet<string>> {
  const held = sql`(id, claim_id) in (select * from unnest(${uuidArray(claims.map(({ id }) => id))}::uuid[],
    ${uuidArray(claims.map(({ claimId }) => claimId))}::uuid[]))`;
  const rows = await withSystem((transaction) =>
    transaction.execute<{ id: string }>(
      extend
        ? sql`update document set claim_expires_at = now() + make_interval(secs => ${CLAIM_SECONDS})
            where ${held} returning id`
        : sql`select id from document where ${held}`,
    ),
  );
  return new Set(rows.map(({ id }) => id));
}

/** A step of a claimed document's reading. */
export interface ClaimStep {
  readonly state: "parsing" | "ocr" | "indexing";
  readonly progress: number;
}

/** Writes a step, which is also what fences the writes around it. @throws ClaimLost */
export async function stepClaim(transaction: Transaction, claim: Claim, step: ClaimStep): Promise<void> {
  const rows = await transaction.execute(sql`
    update document set state = ${step.state}, progress = ${step.progress}, updated_at = now()
    where org_id = ${claim.orgId} and id = ${claim.id} and claim_id = ${claim.claimId} returning id`);
  if (rows.length === 0) throw new ClaimLost();
}

/** {@link stepClaim} by itself. */
export function recordStep(claim: Claim, step: ClaimStep): Promise<void> {
  return withTenant(claim, (transaction) => stepClaim(transaction, claim, step));
}

/** How a claim ends that did not end well. */
export type ClaimEnd =
  /** Handed back: another worker may go on at once, and the try does not count. */
  | { readonly kind: "released" }
  /** Tried again later. */
  | { readonly kind: "postponed"; readonly seconds: number; readonly reason: string }
  /** Waits for text recognition, as offline work. */
  | { readonly kind: "ocr" }
  /** Reading it ended for good, with what a person reads about it. */
  | { readonly kind: "failed"; readonly code: string; readonly detail: string };

/** Lets go of a document; nothing happens when the claim is gone. */
export async function endClaim(claim: Claim, end: ClaimEnd): Promise<void> {
  await withTenant(claim, (transaction) =>
    transaction.execute(sql`
      update document set claim_id = null, claim_expires_at = null, updated_at = now(), ${endColumns(end)}
      where org_id = ${claim.orgId} and id = ${claim.id} and claim_id = ${claim.claimId}`),
  );
}

function endColumns(end: ClaimEnd): SQL {
  if (end.kind === "released") return sql`attempts = greatest(attempts - 1, 0)`;
  if (end.kind === "ocr") {
    return sql`state = 'ocr', priority = 'offline', progress = 0, attempts = 0, queued_at = now()`;
  }
  if (end.kind === "postponed") {
    return sql`run_after = now() + make_interval(secs => ${end.seconds}), state_detail = ${end.reason}`;
  }
  return sql`state = 'failed', progress = 0, error_code = ${end.code}, state_detail = ${end.detail}`;
}
