import { z } from "zod";
import { deleteDataset, getDataset, updateDataset } from "@/lib/evaluation/index.ts";
import { datasetItemSchema, datasetSchema, updateDatasetSchema } from "@/lib/evaluation/schema.ts";
import { handle } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

const params = z.object({ id: idSchema });

/** One dataset with its questions. */
export const GET = handle(
  {
    auth: "admin",
    scope: "admin",
    params,
    response: z.strictObject({ dataset: datasetSchema, items: z.array(datasetItemSchema) }),
  },
  ({ principal, params: { id } }) => getDataset(principal, id),
);

/** Renames or describes a dataset. */
export const PATCH = handle(
  { auth: "admin", scope: "admin", params, body: updateDatasetSchema, response: datasetSchema },
  ({ principal, params: { id }, body }) => updateDataset(principal, id, body),
);

/** Deletes a dataset with its questions and runs. */
export const DELETE = handle({ auth: "admin", scope: "admin", params }, ({ principal, params: { id } }) =>
  deleteDataset(principal, id),
);
