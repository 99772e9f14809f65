/** A worker process for the fault tests: tells its parent of each attempt it begins and each job it ends. */
import { z } from "zod";
import { connectDatabase, setDatabase } from "../platform/db/index.ts";
import { defineJob } from "./define-job.ts";
import { startJobs } from "./queue.ts";

const [, , socketPath = "", holdMs = "0"] = process.argv;

const job = defineJob({
  name: "test-work",
  schema: z.object({ number: z.number() }),
  retryLimit: 3,
  concurrency: 1,
  handler: async ({ number }, { attempt }) => {
    process.send?.({ begun: number, attempt });
    await new Promise((resolve) => setTimeout(resolve, Number(holdMs)));
    process.send?.({ ended: number, attempt });
  },
});

setDatabase(connectDatabase({ socketPath }));
await startJobs({ jobs: [job], work: true });
process.on("disconnect", () => process.exit(0));
