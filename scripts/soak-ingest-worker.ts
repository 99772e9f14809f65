/** A worker process as the program runs it, for the soak of ingestion: reads documents until it is killed. */
import { workOnDocuments } from "../lib/knowledge/index.ts";
import { connectDatabase, setDatabase } from "../lib/platform/db/index.ts";

setDatabase(connectDatabase({ socketPath: process.argv[2] ?? "" }));
workOnDocuments();
process.send?.("ready");
process.once("disconnect", () => process.exit(0));
