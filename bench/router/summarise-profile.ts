/**
 * The busiest functions of a processor profile: `node bench/router/summarise-profile.ts FILE [COUNT]`. Own time is spent
 * in the function itself, whole time in it and in what it called; shares are of the time that was not idle.
 */
import { readFileSync } from "node:fs";
import type { Profiler } from "node:inspector";

const [file = "", count = "40"] = process.argv.slice(2);
const profile: Profiler.Profile = JSON.parse(readFileSync(file, "utf8"));
const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
const parents = new Map(
  profile.nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])),
);
const own = new Map<string, number>();
const whole = new Map<string, number>();
let busyMicros = 0;

function nameOf({ callFrame }: Profiler.ProfileNode): string {
  const { functionName, url, lineNumber } = callFrame;
  const place = url.replace(/^file:\/\/.*?\/(lib|node_modules|bench)\//, "$1/");
  return `${functionName || "(anonymous)"} ${place}${place === "" ? "" : `:${lineNumber + 1}`}`;
}

function add(sums: Map<string, number>, name: string, micros: number): void {
  sums.set(name, (sums.get(name) ?? 0) + micros);
}

for (const [index, id] of (profile.samples ?? []).entries()) {
  const node = nodes.get(id);
  const micros = profile.timeDeltas?.[index] ?? 0;
  if (node === undefined || ["(idle)", "(root)"].includes(node.callFrame.functionName)) continue;
  busyMicros += micros;
  add(own, nameOf(node), micros);
  const onStack = new Set<string>();
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const frame = nodes.get(at);
    if (frame !== undefined) onStack.add(nameOf(frame));
  }
  for (const name of onStack) add(whole, name, micros);
}

function print(title: string, sums: ReadonlyMap<string, number>): void {
  console.log(`\n${title}`);
  const rows = [...sums]
    .filter(([name]) => name !== "(root) ")
    .toSorted(([, left], [, right]) => right - left);
  for (const [name, micros] of rows.slice(0, Number(count))) {
    console.log(`${((micros / busyMicros) * 100).toFixed(1).padStart(6)} %  ${name}`);
  }
}

console.log(
  `${file}: ${(busyMicros / 1e6).toFixed(2)} s busy of ${((profile.endTime - profile.startTime) / 1e6).toFixed(2)} s`,
);
print("own time", own);
print("whole time", whole);
