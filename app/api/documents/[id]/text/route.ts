import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { getDocumentText } from "@/lib/knowledge/index.ts";
import { documentTextSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** The text that citations count in; `version` for the one an older citation speaks of. */
export const GET = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    query: z.object({ version: idSchema.optional() }),
    response: documentTextSchema,
  },
  ({ principal, params, query }) => getDocumentText(principal, params.id, query.version),
);
