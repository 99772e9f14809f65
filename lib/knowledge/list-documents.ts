import type { Principal } from "../identity/schema.ts";
import { AppError } from "../shared/errors.ts";
import { isId } from "../shared/ids.ts";
import { assertCollectionLevel } from "./collections.ts";
import { countDocumentStates, findListedDocuments, type ListCursor } from "./queries/document-list.ts";
import { toDocument } from "./queries/documents.ts";
import type { CollectionStatus, Document, DocumentFilter, DocumentSort, DocumentState } from "./schema.ts";

const STATES: Readonly<Record<DocumentFilter, readonly DocumentState[]>> = {
  working: ["queued", "parsing", "ocr", "indexing"],
  ready: ["ready"],
  failed: ["failed"],
  cancelled: ["cancelled"],
};

/** Which documents are wanted. */
export interface ListDocumentsOptions {
  readonly limit: number;
  /** `next` of the answer before. */
  readonly before?: string | undefined;
  readonly state?: DocumentFilter | undefined;
  readonly q?: string | undefined;
  readonly sort?: DocumentSort | undefined;
  readonly order?: "asc" | "desc" | undefined;
}

/**
 * Documents of a collection, newest first unless another order is wanted, a page at a time.
 *
 * @throws AppError `not_found` when the collection is not the principal's to see, `invalid_request` for a `before` that
 * no answer gave.
 */
export async function listDocuments(
  principal: Principal,
  collectionId: string,
  options: ListDocumentsOptions,
): Promise<{ documents: Document[]; next: string | null }> {
  await assertCollectionLevel(principal, collectionId, "read");
  const sort = options.sort ?? "added";
  const found = await findListedDocuments(principal, collectionId, {
    sort,
    order: options.order ?? (sort === "title" ? "asc" : "desc"),
    states: options.state === undefined ? undefined : STATES[options.state],
    words: options.q,
    after: options.before === undefined ? undefined : readCursor(options.before, sort),
    limit: options.limit + 1,
  });
  const shown = found.slice(0, options.limit);
  const last = shown.at(-1);
  return {
    documents: shown.map(({ document }) => toDocument(document)),
    next: found.length > options.limit && last !== undefined ? writeCursor(last.cursor) : null,
  };
}

/** A cursor is the id of the last document; where another order counts, what it sorts by follows. */
function writeCursor({ id, key }: ListCursor): string {
  return key === null ? id : `${id}.${Buffer.from(key).toString("base64url")}`;
}

const KEY_FORMS: Readonly<Record<DocumentSort, RegExp | null>> = {
  added: null,
  title: /^[^\0]*$/,
  size: /^\d{1,18}$/,
  pages: /^\d{1,9}$/,
  updated: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/,
};

function readCursor(cursor: string, sort: DocumentSort): ListCursor {
  const [id = "", encoded] = cursor.split(".");
  const key = encoded === undefined ? null : Buffer.from(encoded, "base64url").toString();
  const form = KEY_FORMS[sort];
  const fits = form === null ? key === null : key !== null && form.test(key);
  if (!isId(id) || !fits) {
    throw new AppError("invalid_request", { message: "before: not a place in a list of this order" });
  }
  return { id, key };
}

/** How far the documents of a collection are. */
export async function getCollectionStatus(
  principal: Principal,
  collectionId: string,
): Promise<CollectionStatus> {
  await assertCollectionLevel(principal, collectionId, "read");
  const rows = await countDocumentStates(principal, collectionId);
  const sum = (wanted: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(wanted).reduce((total, { count }) => total + count, 0);
  const inFilter = (filter: DocumentFilter) => sum(({ state }) => STATES[filter].includes(state));
  return {
    counts: {
      working: inFilter("working"),
      ready: inFilter("ready"),
      failed: inFilter("failed"),
      cancelled: inFilter("cancelled"),
    },
    paused: sum(({ state, isPaused }) => isPaused && STATES.working.includes(state)),
    waitingOffline: sum(({ state, priority }) => priority === "offline" && state === "queued"),
    sizeBytes: rows.reduce((total, { sizeBytes }) => total + sizeBytes, 0),
  };
}
