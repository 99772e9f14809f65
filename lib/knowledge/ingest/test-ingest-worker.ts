/** A worker process for the fault tests: ingests slowly, telling its parent of every batch of passages it begins. */
import { defineJob, startJobs } from "../../jobs/index.ts";
import { connectDatabase, setDatabase } from "../../platform/db/index.ts";
import { embedTexts } from "../../router/index.ts";
import { ingestDocument } from "./ingest-document.ts";
import { ingestDocumentJob } from "./ingest-job.ts";
import { ingestDeps } from "./ingestion.ts";

const [, , socketPath = "", holdMs = "0"] = process.argv;

const slowly: typeof embedTexts = async (...given) => {
  process.send?.("batch");
  await new Promise((resolve) => setTimeout(resolve, Number(holdMs)));
  return embedTexts(...given);
};

setDatabase(connectDatabase({ socketPath }));
const job = defineJob({
  ...ingestDocumentJob,
  handler: ({ orgId, documentId }, { signal }) =>
    ingestDocument({ orgId }, documentId, signal, { ...ingestDeps, embedTexts: slowly }),
});
await startJobs({ jobs: [job], work: true });
process.on("disconnect", () => process.exit(0));
