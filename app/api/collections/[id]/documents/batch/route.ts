import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { changeDocuments } from "@/lib/knowledge/index.ts";
import { documentBatchResultSchema, documentBatchSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Deletes, reads again or cancels several documents; each that does not allow it is left and named. */
export const POST = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    body: documentBatchSchema,
    response: documentBatchResultSchema,
    limit: { name: "document-batch", perMinute: 120 },
  },
  ({ principal, params, body }) => changeDocuments(principal, params.id, body),
);
