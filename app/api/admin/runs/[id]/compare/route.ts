import { z } from "zod";
import { compareRuns } from "@/lib/evaluation/index.ts";
import { comparisonSchema } from "@/lib/evaluation/schema.ts";
import { handle } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Differences between this run and the older one named by `with`, question by question. */
export const GET = handle(
  {
    auth: "admin",
    scope: "admin",
    params: z.object({ id: idSchema }),
    query: z.object({ with: idSchema }),
    response: comparisonSchema,
  },
  ({ principal, params: { id }, query }) => compareRuns(principal, id, query.with),
);
