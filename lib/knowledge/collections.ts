import { recordAudit } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import type { Transaction } from "../platform/db/index.ts";
import { embeddingSpace, noteRemoval, raiseAnswerEpoch, writingModel } from "../router/index.ts";
import { AppError } from "../shared/errors.ts";
import {
  type CollectionRow,
  deleteCollectionRow,
  ensureCollection,
  findCollectionLevel,
  findCollectionRow,
  findCollectionRows,
  insertCollection,
  updateCollectionRow,
} from "./queries/collections.ts";
import { findDocumentRows } from "./queries/documents.ts";
import { removeDocument } from "./remove-document.ts";
import {
  type Collection,
  type CreateCollection,
  collectionSettingsSchema,
  type UpdateCollection,
} from "./schema.ts";

/** Name of the private collection that every person has. */
const PERSONAL_NAME = "My documents";

const RANK = { read: 0, write: 1, manage: 2 } as const;

/** The collections the principal may read; a person's own one is made on first need. */
export async function listCollections(principal: Principal): Promise<Collection[]> {
  await ensurePersonalCollection(principal);
  return (await findCollectionRows(principal)).map(toCollection);
}

/** The principal's own private collection, made when missing. @returns its id. */
export function ensurePersonalCollection(principal: Principal): Promise<string> {
  return ensureCollection(principal, {
    name: PERSONAL_NAME,
    description: "Only you and those you share it with see these documents.",
    visibility: "private",
    ownerId: principal.userId,
  });
}

/**
 * A collection.
 *
 * @throws AppError `not_found` when it is missing or not the principal's to see.
 */
export async function getCollection(principal: Principal, id: string): Promise<Collection> {
  const collection = await findCollectionRow(principal, id);
  if (collection === null) throw new AppError("not_found");
  return toCollection(collection);
}

function toCollection(row: CollectionRow): Collection {
  const embedderSpace = embeddingSpace();
  return {
    ...row,
    settings: collectionSettingsSchema.parse(row.settings),
    vectorSpace: row.vectorSpace ?? embedderSpace,
    embedderSpace,
    writingModel: writingModel(),
  };
}

/**
 * Checks what the principal may do with a collection.
 *
 * @throws AppError `not_found` when it is missing or not theirs to see, `forbidden` when they may do less.
 */
export async function assertCollectionLevel(
  principal: Principal,
  id: string,
  needed: Collection["level"],
): Promise<void> {
  const level = await findCollectionLevel(principal, id);
  if (level === null) throw new AppError("not_found");
  if (RANK[level] < RANK[needed]) throw new AppError("forbidden");
}

type Detail = Readonly<Record<string, string | null>>;

/** The line of the audit log that goes with a change of a collection; names and descriptions stay out of it. */
function auditCollection(principal: Principal, verb: "create" | "update" | "delete", detail: Detail) {
  return (transaction: Transaction, id: string) =>
    recordAudit(transaction, principal, {
      action: `collection.${verb}`,
      subjectType: "collection",
      subjectId: id,
      detail,
    });
}

/** Makes a collection; what all of the organisation sees is made by editors. */
export async function createCollection(principal: Principal, input: CreateCollection): Promise<Collection> {
  if (input.visibility === "organisation" && principal.role === "member") throw new AppError("forbidden");
  const id = await insertCollection(
    principal,
    { ...input, ownerId: principal.userId },
    auditCollection(principal, "create", { visibility: input.visibility }),
  );
  return getCollection(principal, id);
}

/**
 * Changes name, description, visibility or settings; the settings not named stay.
 *
 * @throws AppError `not_found`, `forbidden`, `writing_model_missing`.
 */
export async function updateCollection(
  principal: Principal,
  id: string,
  change: UpdateCollection,
): Promise<Collection> {
  await assertCollectionLevel(principal, id, "manage");
  if (change.visibility === "organisation" && principal.role === "member") throw new AppError("forbidden");
  if (change.settings?.passageNotes === "model" && writingModel() === null) {
    throw new AppError("writing_model_missing");
  }
  const fields = Object.entries(change).filter(([, value]) => value !== undefined);
  if (fields.length === 0) return getCollection(principal, id);
  const audit = auditCollection(principal, "update", {
    fields: fields.flatMap(([name]) => (name === "settings" ? changedSettings(change) : [name])).join(" "),
    visibility: change.visibility ?? null,
  });
  await updateCollectionRow(principal, id, change, async (transaction) => {
    await audit(transaction, id);
    if (change.visibility === "private") await raiseAnswerEpoch(transaction, principal);
  });
  if (change.visibility === "private") await noteRemoval();
  return getCollection(principal, id);
}

function changedSettings({ settings = {} }: UpdateCollection): string[] {
  return Object.keys(settings).map((name) => `settings.${name}`);
}

/** Removes a collection with all its documents. */
export async function deleteCollection(principal: Principal, id: string): Promise<void> {
  await assertCollectionLevel(principal, id, "manage");
  const audit = auditCollection(principal, "delete", {});
  do {
    // An upload may still slip in: go round until the collection is empty when it goes.
    for (const document of await findDocumentRows(principal, id, { limit: 1000 })) {
      await removeDocument(principal, document);
    }
  } while (!(await deleteCollectionRow(principal, id, audit)));
}
