import { z } from "zod";
import { getRunWithItems } from "@/lib/evaluation/index.ts";
import { runWithItemsSchema } from "@/lib/evaluation/schema.ts";
import { handle } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** A run with its totals and questions, as far as they are measured. */
export const GET = handle(
  { auth: "admin", scope: "admin", params: z.object({ id: idSchema }), response: runWithItemsSchema },
  ({ principal, params: { id } }) => getRunWithItems(principal, id),
);
