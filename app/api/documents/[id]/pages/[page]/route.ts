import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { getDocumentPage } from "@/lib/knowledge/index.ts";
import { documentPageSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** One page: its text and where each run of it stands. */
export const GET = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema, page: z.coerce.number().int().min(1).max(1_000_000) }),
    query: z.object({ version: idSchema.optional() }),
    response: documentPageSchema,
  },
  ({ principal, params, query }) => getDocumentPage(principal, params.id, params.page, query.version),
);
