import { z } from "zod";
import { handle, json } from "@/lib/identity/index.ts";
import { refreshSource } from "@/lib/knowledge/index.ts";
import { sourceSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Looks at a page or site again, in the background. */
export const POST = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    limit: { name: "addresses", perMinute: 60 },
  },
  async ({ principal, params }) =>
    json(sourceSchema.parse(await refreshSource(principal, params.id)), { status: 202 }),
);
