/**
 * From a clone of the repository in an empty directory to the first cited answer, as a new user would have it: `npm
 * start` with the Node and npm first on the path, an empty npm cache and a free port. Then a second start, and a third
 * with the package registry out of reach.
 *
 *   node bench/fresh-clone/run.ts [--path FOLDER] [--keep] [--out FILE]
 *
 * `--path` puts a folder first on the path, for the Node that the user has (20.20 or newer).
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { askUntilCited } from "./ask-until-cited.ts";
import { type Started, startByNpm } from "./start-by-npm.ts";

const PROJECT_DIR = join(import.meta.dirname, "..", "..");
/** Nothing listens there: a registry that is away. */
const NO_REGISTRY = "http://127.0.0.1:9/";
const SUGGESTED_QUESTION = "Why did compressor C2 stop?";

const { values } = parseArgs({
  options: {
    path: { type: "string" },
    keep: { type: "boolean", default: false },
    out: { type: "string", default: join(import.meta.dirname, "results.md") },
  },
});

const directory = mkdtempSync(join(tmpdir(), "vouch-fresh-clone-"));
const clone = join(directory, "vouch");
// biome-ignore lint/style/noProcessEnv: the program is started in the environment of the bench, as by a person.
const inherited = process.env;
const environment: NodeJS.ProcessEnv = {
  ...inherited,
  PATH: [values.path, inherited.PATH].filter((part) => part !== undefined).join(":"),
  npm_config_cache: join(directory, "npm-cache"),
  PORT: "0",
};
// Left by the npm that may have started this bench; a new user's shell has none of it.
for (const name of ["npm_execpath", "npm_node_execpath", "VOUCH_DATA_DIR", "VOUCH_CONFIG"])
  delete environment[name];
const nodeVersion = execFileSync("node", ["--version"], { env: environment, encoding: "utf8" }).trim();

const loadAtStart = loadavg()[0] ?? 0;
try {
  mkdirSync(clone);
  const clonedMs = performance.now();
  execFileSync("git", ["clone", "--quiet", PROJECT_DIR, clone]);
  const first = await startByNpm(clone, environment);
  const readyMs = performance.now() - clonedMs;
  console.log(`ready after ${(readyMs / 1000).toFixed(1)} s; asking`);
  const answer = await whileRunning(first, () => askUntilCited(first.url, SUGGESTED_QUESTION));
  const answeredMs = performance.now() - clonedMs;
  const again = await startAgain(environment);
  const offline = await startAgain({ ...environment, npm_config_registry: NO_REGISTRY });
  const changed = execFileSync("git", ["status", "--short"], { cwd: clone, encoding: "utf8" });
  const text = report({ readyMs, answeredMs, again, offline, first, answer, changed });
  writeFileSync(values.out, text);
  console.log(text);
} finally {
  if (values.keep) console.log(`kept: ${clone}`);
  else rmSync(directory, { recursive: true, force: true });
}

/** Seconds of three starts of what is installed; each ends before the next begins. */
async function startAgain(env: NodeJS.ProcessEnv): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < 3; count += 1) {
    const started = await startByNpm(clone, env);
    times.push(started.readyMs);
    await started.stop();
  }
  return times;
}

async function whileRunning<Result>(started: Started, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } finally {
    await started.stop();
  }
}

interface Figures {
  readonly readyMs: number;
  readonly answeredMs: number;
  readonly again: readonly number[];
  readonly offline: readonly number[];
  readonly first: Started;
  readonly answer: { readonly markers: number };
  /** What `git status` names in the clone after the starts. */
  readonly changed: string;
}

function report({ readyMs, answeredMs, again, offline, first, answer, changed }: Figures): string {
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1);
  const all = (times: readonly number[]) => {
    const sorted = times.toSorted((left, right) => left - right);
    return `${seconds(sorted[1] ?? Number.NaN)} (${sorted.map(seconds).join(", ")})`;
  };
  const steps = first.steps.map(({ line, atMs }) => `- ${seconds(atMs)} s: ${line}`).join("\n");
  return `# From a fresh clone to the first cited answer

    node bench/fresh-clone/run.ts --path FOLDER_OF_NODE_20

\`git clone\` into an empty directory, \`npm start\` with an empty npm cache, sign-in as guest, one of the suggested questions
asked over HTTP until the answer holds a citation (${answer.markers} in this run). Then stop and start again: median of three.

${cpus().length} shared cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${nodeVersion.slice(1)} on the path, ${new Date().toISOString().slice(0, 10)}. Load average ${loadAtStart.toFixed(1)} at the start, ${(loadavg()[0] ?? 0).toFixed(1)} at the end.

| | seconds | aim |
|---|---|---|
| clone to ready | ${seconds(readyMs)} | |
| clone to first cited answer | ${seconds(answeredMs)} | 180 |
| second start, to ready | ${all(again)} | 6 |
| second start, registry out of reach | ${all(offline)} | 6 |

What the terminal said during the first start:

${steps}

${changed === "" ? "The clone is unchanged for git after these starts." : `Changed for git after these starts:\n\n    ${changed.trimEnd().replaceAll("\n", "\n    ")}`}
`;
}
