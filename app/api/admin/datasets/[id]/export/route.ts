import { z } from "zod";
import { exportDataset } from "@/lib/evaluation/index.ts";
import { handle } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** The questions as a file, one JSON object a line. */
export const GET = handle(
  { auth: "admin", scope: "admin", params: z.object({ id: idSchema }) },
  async ({ principal, params: { id } }) =>
    new Response(await exportDataset(principal, id), {
      headers: {
        "content-type": "application/x-ndjson; charset=utf-8",
        "content-disposition": `attachment; filename="dataset-${id}.jsonl"`,
        "cache-control": "no-store",
      },
    }),
);
