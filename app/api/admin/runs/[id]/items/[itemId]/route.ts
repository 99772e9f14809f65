import { z } from "zod";
import { getRunItem } from "@/lib/evaluation/index.ts";
import { runItemDetailSchema } from "@/lib/evaluation/schema.ts";
import { handle } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** One question of a run with its trace. */
export const GET = handle(
  {
    auth: "admin",
    scope: "admin",
    params: z.object({ id: idSchema, itemId: idSchema }),
    response: runItemDetailSchema,
  },
  ({ principal, params }) => getRunItem(principal, params.id, params.itemId),
);
