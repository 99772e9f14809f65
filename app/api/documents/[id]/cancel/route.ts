import { z } from "zod";
import { handle, json } from "@/lib/identity/index.ts";
import { cancelDocument } from "@/lib/knowledge/index.ts";
import { documentSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Stops the reading of a document; a version that was read before stays searchable. */
export const POST = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    limit: { name: "document-cancel", perMinute: 120 },
  },
  async ({ principal, params }) =>
    json(documentSchema.parse(await cancelDocument(principal, params.id)), { status: 202 }),
);
