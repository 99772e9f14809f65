import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { getDocumentIndexPage } from "@/lib/knowledge/index.ts";
import { documentIndexPageSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** One page as the index sees it: text, passages, and the words they are found by. */
export const GET = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema, page: z.coerce.number().int().min(1).max(1_000_000) }),
    query: z.object({
      version: idSchema.optional(),
      after: z.coerce.number().int().min(0).max(2_000_000_000).optional(),
    }),
    response: documentIndexPageSchema,
  },
  ({ principal, params, query }) =>
    getDocumentIndexPage(principal, params.id, params.page, {
      versionId: query.version,
      after: query.after,
    }),
);
