/**
 * The router's extras, each on and off in turns: tiers, answer cache, shared work, second requests, shadow copies, and the trial of a semantic cache.
 *
 *   npm run bench -- router-extras --data DIR [--only tiers,cache,sharing,hedge,shadow,semantic] [--out FILE]
 *
 * Upstream, router and load are processes of their own on one machine. Without `--only` the results file is written.
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureCache } from "./measure-cache.ts";
import { measureHedge } from "./measure-hedge.ts";
import { measureSemantic } from "./measure-semantic.ts";
import { measureShadow } from "./measure-shadow.ts";
import { measureSharing } from "./measure-sharing.ts";
import { measureTiers } from "./measure-tiers.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    only: { type: "string" },
    out: { type: "string" },
  },
});

/** Titles and what they measure, in the order of the file. */
const sections: Readonly<Record<string, readonly [title: string, measure: () => string | Promise<string>]>> =
  {
    tiers: ["Light and heavy", () => measureTiers(values.data)],
    cache: ["Answer cache", measureCache],
    sharing: ["Shared work", measureSharing],
    hedge: ["Second requests", measureHedge],
    shadow: ["Shadow copies", measureShadow],
    semantic: ["Semantic cache (a trial, not in the program)", () => measureSemantic(values.data)],
  };

const wanted = values.only?.split(",") ?? Object.keys(sections);
const unknown = wanted.filter((name) => sections[name] === undefined);
if (unknown.length > 0)
  throw new Error(`no section ${unknown.join(", ")}; known: ${Object.keys(sections).join(", ")}`);

const loadAtStart = loadavg()[0] ?? 0;
const written: string[] = [];
for (const name of wanted) {
  const [title, measure] = sections[name] ?? [];
  if (title === undefined || measure === undefined) continue;
  console.log(`measuring: ${title}`);
  written.push(`## ${title}\n\n${await measure()}\n`);
}
const machine = `${cpus().length} shared cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
const text = `# The router's extras

    npm run bench -- router-extras --data ../shared/data

${machine}, ${new Date().toISOString().slice(0, 10)}. Load average ${loadAtStart.toFixed(1)} at the start, ${(loadavg()[0] ?? 0).toFixed(1)} at the end.

${written.join("\n")}`;
const out = values.out ?? (values.only === undefined ? join(import.meta.dirname, "results.md") : undefined);
if (out !== undefined) writeFileSync(out, text);
console.log(text);
