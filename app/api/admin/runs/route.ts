import { z } from "zod";
import { findRuns, startRun } from "@/lib/evaluation/index.ts";
import { createRunSchema, runSchema } from "@/lib/evaluation/schema.ts";
import { handle, json } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Runs, newest first, of one dataset or of all. */
export const GET = handle(
  {
    auth: "admin",
    scope: "admin",
    query: z.object({ datasetId: idSchema.optional() }),
    response: z.strictObject({ runs: z.array(runSchema) }),
  },
  async ({ principal, query }) => ({ runs: await findRuns(principal, query) }),
);

/** Starts a run over a dataset; a worker measures it. */
export const POST = handle(
  { auth: "admin", scope: "admin", body: createRunSchema },
  async ({ principal, body }) => json(await startRun(principal, body), { status: 202 }),
);
