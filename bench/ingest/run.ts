/**
 * Time from the first upload to the last document being searchable, for the 5,183 abstracts of SciFact as Markdown
 * files in the embedded database: one process uploads, one worker reads, one process is the database.
 *
 *   VOUCH_DATA_DIR=$(mktemp -d) node bench/ingest/run.ts --data DIR [--limit N]
 */
import { parseArgs } from "node:util";
import { database } from "../../lib/platform/db/index.ts";
import { loadSet } from "../builtin-answers/load-set.ts";
import { ingestSet } from "./ingest-set.ts";
import { openBenchDatabase } from "./open-bench-database.ts";
import { processorSeconds } from "./processor-seconds.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    limit: { type: "string", default: "100000" },
  },
});

const bench = await openBenchDatabase();
const documents = loadSet(values.data, "scifact").documents.slice(0, Number(values.limit));
const before = { database: processorSeconds(bench.pid), own: processorSeconds(process.pid) };
const { uploadMs, totalMs, workerSeconds } = await ingestSet(
  bench.principal,
  bench.socketPath,
  "scifact",
  documents,
);
const [rows] = await database().sql`select count(*)::integer as chunks from chunk`;
console.log(
  `${documents.length} documents, ${rows?.chunks} passages: stored in ${(uploadMs / 1000).toFixed(1)} s, ` +
    `all searchable after ${(totalMs / 1000).toFixed(1)} s (${(documents.length / (totalMs / 1000)).toFixed(0)} a second)`,
);
console.log(
  `processor time: database ${(processorSeconds(bench.pid) - before.database).toFixed(1)} s, ` +
    `worker ${workerSeconds.toFixed(1)} s, uploads ${(processorSeconds(process.pid) - before.own).toFixed(1)} s`,
);
await bench.close();
process.exit(0);
