/**
 * Whether vectors fitted on the collection (latent semantic analysis) gain anything over the built-in embedder.
 *
 *   npm run bench -- fitted-space --data DIR [--sets scifact,cranfield] [--dimensions 300]
 *
 * Each set has a fresh embedded database of its own, filled by the functions of the ingestion. All English questions are
 * asked through `search()` with its defaults; then a space is fitted on the passages' search terms, each passage gets a
 * second vector in it, and the same questions are asked with it as the semantic leg, at weights .25 and .5. `alone` is
 * the semantic leg without words, order by wording or following of names. Rankings are by document: one stands where its
 * best passage does. Nothing was chosen on either half of a set.
 */
import { fork } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bootstrapInterval, mean } from "../retrieval/metrics.ts";
import { type FittedQuestion, type FittedSet, type Way, wayNames } from "./ways.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    /** At most half as many as a set has passages are taken. */
    dimensions: { type: "string", default: "300" },
    sets: { type: "string", default: "scifact,cranfield,product-docs,2wiki-multihop,xquad" },
  },
});

function measureSet(name: string): Promise<FittedSet> {
  const child = fork(join(import.meta.dirname, "measure-set.ts"), [values.data, name, values.dimensions], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as FittedSet));
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
  });
}

function figure(value: number): string {
  return value.toFixed(3).replace(/^(-?)0\./, "$1.");
}

function difference(questions: readonly FittedQuestion[], way: Way): string {
  const differences = questions.map(({ ndcg }) => ndcg[way] - ndcg["vouch-embed-1"]);
  const [low, high] = bootstrapInterval(differences);
  const average = mean(differences);
  return `${average >= 0 ? "+" : ""}${figure(average)} [${figure(low)}, ${figure(high)}]`;
}

const columns = ["set", "half", "questions", ...wayNames, "LSA at .25 gains", "LSA at .5 gains"];
const rows: string[][] = [columns, columns.map(() => "---")];
const costs: string[][] = [["set", "passages", "terms", "dimensions", "seconds to fit", "MB of projection"]];
costs.push((costs[0] ?? []).map(() => "---"));

for (const name of values.sets.split(",")) {
  const { passages, terms, dimensions, fitMs, questions } = await measureSet(name);
  for (const half of ["tuning", "held-out", "both"] as const) {
    const own = questions.filter((question) => half === "both" || question.half === half);
    const means = wayNames.map((way) => figure(mean(own.map(({ ndcg }) => ndcg[way]))));
    const gains = [difference(own, "LSA at .25"), difference(own, "LSA at .5")];
    rows.push([name, half, String(own.length), ...means, ...gains]);
  }
  const megabytes = (terms * dimensions * Float32Array.BYTES_PER_ELEMENT) / 1e6;
  const cost = [passages, terms, dimensions, (fitMs / 1000).toFixed(1), megabytes.toFixed(1)];
  costs.push([name, ...cost.map(String)]);
  console.error(`${name} is measured`);
}
for (const table of [rows, costs]) {
  console.log(`\n${table.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}`);
}
