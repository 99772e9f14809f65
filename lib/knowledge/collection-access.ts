import { findAuditLines, findPeople, recordAudit } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import type { Transaction } from "../platform/db/index.ts";
import { noteRemoval, raiseAnswerEpoch } from "../router/index.ts";
import { AppError } from "../shared/errors.ts";
import { assertCollectionLevel } from "./collections.ts";
import {
  deleteAccessRow,
  findAccessRows,
  findCollectionHead,
  putAccessRow,
} from "./queries/collection-access.ts";
import {
  type AccessLevel,
  accessLevelSchema,
  type CollectionAccess,
  type CollectionPerson,
} from "./schema.ts";

/** Changes shown beside the list. */
const CHANGES_MAX = 30;
/** People offered to be added at a time. */
const CANDIDATES_MAX = 10;

/** Guests neither see who is in the organisation nor let others in. */
async function assertMayManage(principal: Principal, collectionId: string): Promise<void> {
  await assertCollectionLevel(principal, collectionId, "manage");
  if (principal.isGuest) throw new AppError("forbidden", { message: "Guests cannot share collections." });
}

/**
 * Who may do what with a collection, and who changed that.
 *
 * @throws AppError `not_found` when it is not the principal's to see, `forbidden` when they do not manage it.
 */
export async function getCollectionAccess(principal: Principal, id: string): Promise<CollectionAccess> {
  await assertMayManage(principal, id);
  const [head, entries, lines] = await Promise.all([
    findCollectionHead(principal, id),
    findAccessRows(principal, id),
    findAuditLines(principal, { type: "collection", id }, CHANGES_MAX),
  ]);
  if (head === null) throw new AppError("not_found");
  const concerned = lines.flatMap(({ actorId, detail }) => [actorId, textOf(detail.userId)]);
  const ids = [head.ownerId, ...entries.map(({ userId }) => userId), ...concerned];
  const people = await findPeople(principal, { userIds: ids.filter((userId) => userId !== null) });
  const byId = new Map(people.map(({ userId, name, email }) => [userId, { userId, name, email }]));
  return {
    visibility: head.visibility,
    owner: byId.get(head.ownerId ?? "") ?? null,
    entries: entries.flatMap(({ userId, level }) => {
      const person = byId.get(userId);
      return person === undefined ? [] : [{ ...person, level }];
    }),
    changes: lines.map(({ action, actorId, detail, createdAt }) => ({
      at: createdAt.toISOString(),
      action,
      actor: byId.get(actorId ?? "")?.name ?? null,
      person: byId.get(textOf(detail.userId) ?? "")?.name ?? null,
      level: accessLevelSchema.safeParse(detail.level).data ?? null,
      visibility:
        detail.visibility === "organisation" || detail.visibility === "private" ? detail.visibility : null,
    })),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** People of the organisation who could be added: by words of their name or address, those on the list left out. */
export async function findAccessCandidates(
  principal: Principal,
  id: string,
  words: string,
): Promise<CollectionPerson[]> {
  await assertMayManage(principal, id);
  const head = await findCollectionHead(principal, id);
  const known = new Set((await findAccessRows(principal, id)).map(({ userId }) => userId));
  const people = await findPeople(principal, {
    search: words,
    limit: CANDIDATES_MAX + known.size + 1,
  });
  return people
    .filter(({ userId }) => userId !== head?.ownerId && !known.has(userId))
    .slice(0, CANDIDATES_MAX)
    .map(({ userId, name, email }) => ({ userId, name, email }));
}

/**
 * Gives a person of the organisation a level. Rights are read with every request, so it acts on their next one.
 *
 * @throws AppError `not_found` for people who are not open accounts of the organisation, `conflict` for the owner.
 */
export async function setCollectionAccess(
  principal: Principal,
  id: string,
  entry: { readonly userId: string; readonly level: AccessLevel },
): Promise<CollectionAccess> {
  await assertMayManage(principal, id);
  const [person] = await findPeople(principal, { userIds: [entry.userId] });
  if (person === undefined || person.isGuest || person.isClosed) throw new AppError("not_found");
  const head = await findCollectionHead(principal, id);
  if (head?.ownerId === entry.userId) {
    throw new AppError("conflict", { message: "The owner always manages the collection." });
  }
  await putAccessRow(
    principal,
    { collectionId: id, ...entry },
    auditAccess(principal, id, "set", { userId: entry.userId, level: entry.level }),
  );
  return getCollectionAccess(principal, id);
}

/**
 * Takes a person off the list. What visibility and role give them stays.
 *
 * @throws AppError `not_found` when they are not on it.
 */
export async function removeCollectionAccess(
  principal: Principal,
  id: string,
  userId: string,
): Promise<void> {
  await assertMayManage(principal, id);
  const isRemoved = await deleteAccessRow(
    principal,
    { collectionId: id, userId },
    async (transaction, previous) => {
      await auditAccess(principal, id, "remove", { userId })(transaction, previous);
      await raiseAnswerEpoch(transaction, principal);
    },
  );
  if (!isRemoved) throw new AppError("not_found");
  await noteRemoval();
}

function auditAccess(
  principal: Principal,
  collectionId: string,
  verb: "set" | "remove",
  detail: Readonly<Record<string, string>>,
) {
  return (transaction: Transaction, previous: AccessLevel | null) =>
    recordAudit(transaction, principal, {
      action: `collection_access.${verb}`,
      subjectType: "collection",
      subjectId: collectionId,
      detail: { ...detail, previous },
    });
}
