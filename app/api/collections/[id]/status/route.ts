import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { getCollectionStatus } from "@/lib/knowledge/index.ts";
import { collectionStatusSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** How far the documents of a collection are. */
export const GET = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    response: collectionStatusSchema,
  },
  ({ principal, params }) => getCollectionStatus(principal, params.id),
);
