/** A worker process as the program runs it, for the ingest bench. */
import { workOnDocuments } from "../../lib/knowledge/index.ts";
import { closeDatabase, connectDatabase, setDatabase } from "../../lib/platform/db/index.ts";
import { letOthersGoFirst } from "../../lib/runtime/worker-priority.ts";

letOthersGoFirst();
setDatabase(connectDatabase({ socketPath: process.argv[2] ?? "" }));
const stop = workOnDocuments();
process.send?.("ready");
process.once("disconnect", async () => {
  await stop();
  await closeDatabase();
  process.exit(0);
});
