import type { Principal } from "../../identity/schema.ts";
import { listCollections } from "../../knowledge/index.ts";

/** What the names of these models begin with. */
const COLLECTION_MODEL_PREFIX = "vouch/";

/** A collection as a model: it answers from the collection's documents. */
export interface CollectionModel {
  /** `vouch/` and the collection's name in small letters, or its id where another collection has that name too. */
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly collectionId: string;
}

/** A name as it stands in an address: small letters and digits, without accents, joined by hyphens. */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "");
}

/** The collections a caller may read, as models. A key must be allowed to chat: the answers quote documents. */
export async function listCollectionModels(caller: Principal): Promise<CollectionModel[]> {
  if (caller.via === "key" && !caller.scopes.some((scope) => scope === "chat" || scope === "*")) return [];
  const collections = await listCollections(caller);
  const slugs = collections.map(({ name }) => slugOf(name));
  return collections.map(({ id, createdAt }, index) => {
    const slug = slugs[index] ?? "";
    const isUnique = slug !== "" && slugs.filter((other) => other === slug).length === 1;
    return {
      id: COLLECTION_MODEL_PREFIX + (isUnique ? slug : id),
      created: Math.floor(Date.parse(createdAt) / 1000),
      collectionId: id,
    };
  });
}

/** The model of a name; undefined for none, which a collection of somebody else is too. The id always names it. */
export async function findCollectionModel(
  caller: Principal,
  name: string,
): Promise<CollectionModel | undefined> {
  const models = await listCollectionModels(caller);
  const model = models.find(
    ({ id, collectionId }) => id === name || COLLECTION_MODEL_PREFIX + collectionId === name,
  );
  return model === undefined ? undefined : { ...model, id: name };
}
