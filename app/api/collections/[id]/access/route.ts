import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { getCollectionAccess } from "@/lib/knowledge/index.ts";
import { collectionAccessSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Who may read, write and manage the collection, and who changed that; for those who manage it. */
export const GET = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    response: collectionAccessSchema,
  },
  ({ principal, params }) => getCollectionAccess(principal, params.id),
);
