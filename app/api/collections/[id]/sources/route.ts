import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { listSources } from "@/lib/knowledge/index.ts";
import { sourceListSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Pages and sites that are followed for a collection, and how the last look at each went. */
export const GET = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    response: sourceListSchema,
  },
  async ({ principal, params }) => ({ sources: await listSources(principal, params.id) }),
);
