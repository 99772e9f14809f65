import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { removeCollectionAccess, setCollectionAccess } from "@/lib/knowledge/index.ts";
import { collectionAccessSchema, setAccessSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

const route = {
  auth: "member",
  scope: "documents",
  params: z.strictObject({ id: idSchema, userId: idSchema }),
  limit: { name: "collection-access", perMinute: 60 },
} as const;

/** Gives a person of the organisation a level; acts on their next request. */
export const PUT = handle(
  { ...route, body: setAccessSchema, response: collectionAccessSchema },
  ({ principal, params, body }) =>
    setCollectionAccess(principal, params.id, { userId: params.userId, level: body.level }),
);

/** Takes a person off the access list; acts on their next request. */
export const DELETE = handle(route, ({ principal, params }) =>
  removeCollectionAccess(principal, params.id, params.userId),
);
