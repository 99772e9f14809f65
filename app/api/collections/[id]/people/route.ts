import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { findAccessCandidates } from "@/lib/knowledge/index.ts";
import { collectionPeopleSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** People of the organisation who can be added to the access list; for those who manage the collection. */
export const GET = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    query: z.object({ q: z.string().trim().min(1).max(120) }),
    response: collectionPeopleSchema,
    limit: { name: "collection-people", perMinute: 120 },
  },
  async ({ principal, params, query }) => ({
    people: await findAccessCandidates(principal, params.id, query.q),
  }),
);
