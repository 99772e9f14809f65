import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { getDocumentIndex } from "@/lib/knowledge/index.ts";
import { documentIndexSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** What the index sees of a document: pages, passages and vectors in numbers. */
export const GET = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    query: z.object({ version: idSchema.optional() }),
    response: documentIndexSchema,
  },
  ({ principal, params, query }) => getDocumentIndex(principal, params.id, query.version),
);
