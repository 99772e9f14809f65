import { z } from "zod";
import { importDatasetItems } from "@/lib/evaluation/index.ts";
import { DATASET_BODY_LIMIT_BYTES, datasetSchema, importItemsSchema } from "@/lib/evaluation/schema.ts";
import { handle } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Replaces the questions by those of `jsonl`; nothing changes when a line is faulty. */
export const POST = handle(
  {
    auth: "admin",
    scope: "admin",
    params: z.object({ id: idSchema }),
    body: importItemsSchema,
    bodyLimitBytes: DATASET_BODY_LIMIT_BYTES,
    response: datasetSchema,
  },
  ({ principal, params: { id }, body }) => importDatasetItems(principal, id, body.jsonl),
);
