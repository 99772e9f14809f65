import { z } from "zod";
import { createDataset, findDatasets } from "@/lib/evaluation/index.ts";
import { createDatasetSchema, DATASET_BODY_LIMIT_BYTES, datasetSchema } from "@/lib/evaluation/schema.ts";
import { handle, json } from "@/lib/identity/index.ts";

/** The datasets of the organisation, the sample one first. */
export const GET = handle(
  { auth: "admin", scope: "admin", response: z.strictObject({ datasets: z.array(datasetSchema) }) },
  async ({ principal }) => ({ datasets: await findDatasets(principal) }),
);

/** Makes a dataset, with questions when `jsonl` is given. */
export const POST = handle(
  {
    auth: "admin",
    scope: "admin",
    body: createDatasetSchema,
    bodyLimitBytes: DATASET_BODY_LIMIT_BYTES,
  },
  async ({ principal, body }) => json(await createDataset(principal, body), { status: 201 }),
);
