import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { deleteCollection, getCollection, updateCollection } from "@/lib/knowledge/index.ts";
import { collectionSchema, updateCollectionSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

const route = { auth: "member", scope: "documents", params: z.strictObject({ id: idSchema }) } as const;

export const GET = handle({ ...route, response: collectionSchema }, ({ principal, params }) =>
  getCollection(principal, params.id),
);

/** Changes name, description, visibility or settings. */
export const PATCH = handle(
  { ...route, body: updateCollectionSchema, response: collectionSchema },
  ({ principal, params, body }) => updateCollection(principal, params.id, body),
);

/** Removes the collection with all its documents. */
export const DELETE = handle(route, ({ principal, params }) => deleteCollection(principal, params.id));
