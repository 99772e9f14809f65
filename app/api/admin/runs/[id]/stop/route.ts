import { z } from "zod";
import { stopRun } from "@/lib/evaluation/index.ts";
import { runSchema } from "@/lib/evaluation/schema.ts";
import { handle } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Stops a run; what it measured stays. */
export const POST = handle(
  { auth: "admin", scope: "admin", params: z.object({ id: idSchema }), response: runSchema },
  ({ principal, params: { id } }) => stopRun(principal, id),
);
