import { z } from "zod";
import { handle, json } from "@/lib/identity/index.ts";
import { rereadCollection, retryFailedDocuments } from "@/lib/knowledge/index.ts";
import { rereadResultSchema, rereadSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Reads the documents of the collection again with its present settings, all or those that failed, as offline work. */
export const POST = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    body: rereadSchema,
    limit: { name: "collection-reread", perMinute: 10 },
  },
  async ({ principal, params, body }) => {
    const result =
      body.which === "all"
        ? await rereadCollection(principal, params.id)
        : await retryFailedDocuments(principal, { collectionId: params.id });
    return json(rereadResultSchema.parse(result), { status: 202 });
  },
);
