import { z } from "zod";
import { handle, json } from "@/lib/identity/index.ts";
import { enterDocumentPassword } from "@/lib/knowledge/index.ts";
import { documentPasswordSchema, documentSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Reads a protected document with its password. Few tries a minute: it is no place to guess. */
export const POST = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    body: documentPasswordSchema,
    limit: { name: "document-password", perMinute: 6 },
  },
  async ({ principal, params, body }) =>
    json(documentSchema.parse(await enterDocumentPassword(principal, params.id, body.password)), {
      status: 202,
    }),
);
