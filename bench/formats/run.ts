/**
 * Reads every file below DIR/files as the worker does and tells what became of it: kind, pages, characters, time,
 * reason; checks that each character has its place, and compares PDFs word by word with `pdftotext` when it is there.
 *
 *   node bench/formats/run.ts --data DIR [--only PART_OF_NAME] [--text]
 */
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { readFormatFile } from "./read-format-file.ts";
import { printReport } from "./report.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    only: { type: "string", default: "" },
    text: { type: "boolean", default: false },
  },
});

const root = join(values.data, "files");
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== "README.md")
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((path) => path.includes(values.only))
  .toSorted();

const results = [];
for (const path of files) {
  const result = await readFormatFile(path, relative(root, path));
  if (values.text) console.log(`\n===== ${result.name}\n${result.text}`);
  results.push(result);
}
printReport(results);
process.exit(0);
