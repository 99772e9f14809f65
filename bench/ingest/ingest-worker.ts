/** A worker process as the program runs it, for the ingest bench. */
import { startJobs, stopJobs } from "../../lib/jobs/index.ts";
import { ingestDocumentJob } from "../../lib/knowledge/index.ts";
import { closeDatabase, connectDatabase, setDatabase } from "../../lib/platform/db/index.ts";

setDatabase(connectDatabase({ socketPath: process.argv[2] ?? "" }));
await startJobs({ jobs: [ingestDocumentJob], work: true });
process.send?.("ready");
process.once("disconnect", async () => {
  await stopJobs();
  await closeDatabase();
  process.exit(0);
});
