import { handle, json } from "@/lib/identity/index.ts";
import { createCollection, listCollections } from "@/lib/knowledge/index.ts";
import { collectionListSchema, collectionSchema, createCollectionSchema } from "@/lib/knowledge/schema.ts";

/** The collections the caller may read, their own first. */
export const GET = handle(
  { auth: "member", scope: "documents", response: collectionListSchema },
  async ({ principal }) => ({ collections: await listCollections(principal) }),
);

/** Makes a collection; what all of the organisation sees is made by editors. */
export const POST = handle(
  {
    auth: "member",
    scope: "documents",
    body: createCollectionSchema,
    limit: { name: "collections", perMinute: 30 },
  },
  async ({ principal, body }) =>
    json(collectionSchema.parse(await createCollection(principal, body)), { status: 201 }),
);
