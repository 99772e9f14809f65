/** A worker process for the fault tests: writes a line per attempt it begins and per job it ends. */
import { z } from "zod";
import { connectDatabase, setDatabase } from "../platform/db/index.ts";
import { defineJob, startJobs } from "./index.ts";

const [, , socketPath = "", holdMs = "0"] = process.argv;

const job = defineJob({
  name: "test-work",
  schema: z.strictObject({ number: z.number() }),
  retryLimit: 3,
  expireSeconds: 60,
  concurrency: 1,
  handle: async ({ number }) => {
    process.send?.({ begun: number });
    await new Promise((resolve) => setTimeout(resolve, Number(holdMs)));
    process.send?.({ ended: number });
  },
});

setDatabase(connectDatabase({ socketPath }));
await startJobs({ jobs: [job], work: true });
process.on("disconnect", () => process.exit(0));
