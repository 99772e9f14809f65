/** A worker process for the fault tests: ingests slowly, telling its parent of every batch of passages it begins. */
import { connectDatabase, setDatabase } from "../../platform/db/index.ts";
import { embedTexts } from "../../router/index.ts";
import { ingestDeps } from "./ingestion.ts";
import { workOnDocuments } from "./work-on-documents.ts";

const [, , socketPath = "", holdMs = "0"] = process.argv;

const slowly: typeof embedTexts = async (...given) => {
  process.send?.("batch");
  await new Promise((resolve) => setTimeout(resolve, Number(holdMs)));
  return embedTexts(...given);
};

setDatabase(connectDatabase({ socketPath }));
workOnDocuments({ ...ingestDeps, embedTexts: slowly });
process.on("disconnect", () => process.exit(0));
