/**
 * Time from the first upload to the last document being searchable, in the embedded database: one process uploads, one
 * worker reads, one process is the database.
 *
 *   VOUCH_DATA_DIR=$(mktemp -d) npm run bench -- ingest --data DIR [--limit N | --passages N | --pages N | --folder DIR]
 *
 * Without options the 5,183 abstracts of SciFact as Markdown files; `--passages` makes files of some 20 passages each,
 * `--pages` one PDF of so many pages, `--folder` sends the files of a folder and tells how each ended.
 */
import { parseArgs } from "node:util";
import { database } from "../../lib/platform/db/index.ts";
import { abstractFiles, bundleFiles, folderFiles, longPdf } from "./bench-files.ts";
import { ingestFiles } from "./ingest-set.ts";
import { openBenchDatabase } from "./open-bench-database.ts";
import { processorSeconds } from "./processor-seconds.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    limit: { type: "string", default: "100000" },
    passages: { type: "string" },
    pages: { type: "string" },
    folder: { type: "string" },
  },
});

const bench = await openBenchDatabase();
const { data, limit, passages, pages, folder } = values;
const files =
  folder !== undefined
    ? folderFiles(folder)
    : pages !== undefined
      ? longPdf(data, Number(pages))
      : passages !== undefined
        ? bundleFiles(data, Number(passages))
        : abstractFiles(data, Number(limit));
const before = { database: processorSeconds(bench.pid), own: processorSeconds(process.pid) };
const { uploadMs, totalMs, workerSeconds, workerPeakBytes } = await ingestFiles(
  bench.principal,
  bench.socketPath,
  "Files",
  files,
);
const [rows] = await database().sql`select count(*)::integer as chunks from chunk`;
console.log(
  `${files.length} documents, ${rows?.chunks} passages: stored in ${(uploadMs / 1000).toFixed(1)} s, ` +
    `all searchable after ${(totalMs / 1000).toFixed(1)} s (${(files.length / (totalMs / 1000)).toFixed(0)} a second)`,
);
console.log(
  `processor time: database ${(processorSeconds(bench.pid) - before.database).toFixed(1)} s, ` +
    `worker ${workerSeconds.toFixed(1)} s, uploads ${(processorSeconds(process.pid) - before.own).toFixed(1)} s; ` +
    `worker and its children held at most ${Math.round(workerPeakBytes / 1_000_000)} MB`,
);
if (folder !== undefined) await printEnds();
await bench.close();
process.exit(0);

/** How the documents ended, and what a person reads of those that failed. */
async function printEnds(): Promise<void> {
  const ends = await database().sql<{ state: string; reason: string; count: number; files: string }[]>`
    select state, coalesce(error_code, '') as reason, count(*)::integer as count,
      string_agg(file_name, ', ') filter (where state <> 'ready') as files
    from document group by 1, 2 order by 1, 2`;
  for (const { state, reason, count, files: names } of ends) {
    console.log(`${count} ${state} ${reason} ${names ?? ""}`.trimEnd());
  }
}
