/**
 * A worker process for the kill test: measures with the test system, tells its parent each question it asks, and hangs
 * on the one whose number is given.
 */
import { startJobs } from "../jobs/index.ts";
import { connectDatabase, setDatabase } from "../platform/db/index.ts";
import { createRunJob } from "./create-run-job.ts";
import { createTestSystem, testPrincipal } from "./test-system.ts";

const [, , socketPath = "", hangsAt = "0"] = process.argv;
let asked = 0;
const { deps } = createTestSystem([]);

const job = createRunJob({
  ...deps,
  answerQuestion: async (...given) => {
    process.send?.({ asked: given[1].question });
    asked += 1;
    if (asked === Number(hangsAt)) await new Promise(() => undefined);
    return deps.answerQuestion(...given);
  },
  findPrincipal: async (orgId, userId) => ({ ...testPrincipal, orgId, userId }),
});

setDatabase(connectDatabase({ socketPath }));
await startJobs({ jobs: [job], work: true });
process.on("disconnect", () => process.exit(0));
