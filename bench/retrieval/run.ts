/**
 * Quality of `POST /api/search` with default settings against plain pg_textsearch, with paired bootstrap intervals.
 *
 *   npm run bench -- retrieval --data DIR [--sets scifact,cranfield] [--translated 300] [--upload]
 *
 * Documents are read, cut, embedded and stored by the functions of the ingestion; with `--upload` they are uploaded and
 * read by a worker, which takes longer and gives the same. Each set has a fresh embedded database of its own. Rankings
 * are by document: one stands where its best passage does. Settings were chosen on the `tuning` halves alone (results.md
 * says which); `held-out` is the honest half.
 */
import { fork } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { MeasuredSet } from "./measure-set.ts";
import { printSet } from "./report.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    sets: { type: "string", default: "product-docs,cranfield,2wiki-multihop,scifact,xquad" },
    /** Questions per language other than English; 0 takes all. */
    translated: { type: "string", default: "0" },
    upload: { type: "boolean", default: false },
  },
});

function measureSet(name: string): Promise<MeasuredSet> {
  const child = fork(
    join(import.meta.dirname, "measure-set.ts"),
    [values.data, name, values.translated, values.upload ? "upload" : "direct"],
    {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    },
  );
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as MeasuredSet));
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
  });
}

for (const name of values.sets.split(",")) printSet(await measureSet(name));
