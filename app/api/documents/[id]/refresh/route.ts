import { z } from "zod";
import { handle, json } from "@/lib/identity/index.ts";
import { refreshDocument } from "@/lib/knowledge/index.ts";
import { acceptedDocumentSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Fetches the page of a document again; what changed becomes a new version. */
export const POST = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    limit: { name: "addresses", perMinute: 60 },
  },
  async ({ principal, params, signal }) =>
    json(acceptedDocumentSchema.parse(await refreshDocument(principal, params.id, signal)), { status: 202 }),
);
