import { z } from "zod";
import { handle, json } from "@/lib/identity/index.ts";
import { retryDocument } from "@/lib/knowledge/index.ts";
import { documentSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Reads a failed or cancelled document again. */
export const POST = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    limit: { name: "document-retry", perMinute: 60 },
  },
  async ({ principal, params }) =>
    json(documentSchema.parse(await retryDocument(principal, params.id)), { status: 202 }),
);
