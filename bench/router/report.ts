import { cpus, totalmem } from "node:os";
import { type Bar, checkBars } from "./bars.ts";
import { addedFigure, errorsOf, type FigureName, figure, type ScenarioRuns } from "./figures.ts";
import type { Spread } from "./samples.ts";
import type { Scenario } from "./scenarios.ts";

/** A further section of the results and the aims it decides. */
export interface SectionResult {
  readonly section: string;
  readonly bars: readonly Bar[];
}

/** A run of the bench. */
export interface BenchRun {
  readonly command: string;
  readonly scenarios: readonly Scenario[];
  readonly targets: readonly string[];
  /** Why a target is not in the tables. */
  readonly missing: readonly string[];
  readonly runs: ReadonlyMap<string, ScenarioRuns>;
  readonly rounds: number;
  readonly seconds: number;
  readonly startedAt: Date;
  /** Load average over one minute. */
  readonly loadAtStart: number;
  readonly loadAtEnd: number;
  /** Aims decided outside the tables. */
  readonly bars: readonly Bar[];
  /** Further sections, such as cancelled calls. */
  readonly sections: readonly string[];
}

type Column = readonly [title: string, cell: (runs: ScenarioRuns, target: string) => string];

function number(value: number): string {
  if (Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

function cell({ median, least, most }: Spread): string {
  if (Number.isNaN(median)) return "–";
  return least === most ? number(median) : `${number(median)} (${number(least)}–${number(most)})`;
}

const plain = (title: string, name: FigureName): Column => [
  title,
  (runs, target) => cell(figure(runs, target, name)),
];

const added = (title: string, name: FigureName): Column => [
  title,
  (runs, target) => (target === "direct" ? "–" : cell(addedFigure(runs, target, name))),
];

/** Only one target has a database. */
const database = (title: string, name: FigureName): Column => [
  title,
  (runs, target) => (target === "vouch" ? cell(figure(runs, target, name)) : "–"),
];

const errors: Column = [
  "errors",
  (runs, target) => {
    const counts = [...errorsOf(runs, target)].map(([kind, count]) => `${count} x ${kind}`);
    return counts.length === 0 ? "0" : counts.join(", ");
  },
];

const CALL_COLUMNS: readonly Column[] = [
  plain("requests/s", "answersPerSecond"),
  plain("p50 ms", "latency50"),
  added("added p50", "latency50"),
  plain("p99 ms", "latency99"),
  plain("CPU us/request", "microsPerAnswer"),
  database("database us/request", "databaseMicrosPerAnswer"),
  plain("RSS MB", "megabytes"),
  errors,
];

const STREAM_COLUMNS: readonly Column[] = [
  plain("tokens/s", "tokensPerSecond"),
  plain("first token p50 ms", "firstToken50"),
  added("added", "firstToken50"),
  plain("p99", "firstToken99"),
  plain("transit p50 ms", "transit50"),
  plain("p99", "transit99"),
  plain("gap sd ms", "gapDeviation"),
  plain("CPU %", "processorPercent"),
  plain("CPU us/token", "microsPerToken"),
  database("database us/token", "databaseMicrosPerToken"),
  plain("RSS MB", "megabytes"),
  errors,
];

function table(scenario: Scenario, runs: ScenarioRuns, targets: readonly string[]): string {
  const columns = scenario.shape.kind === "streams" ? STREAM_COLUMNS : CALL_COLUMNS;
  const head = `| ${[scenario.name, ...columns.map(([title]) => title)].join(" | ")} |\n|${"---|".repeat(columns.length + 1)}`;
  const rows = targets.map(
    (target) => `| ${[target, ...columns.map(([, read]) => read(runs, target))].join(" | ")} |`,
  );
  return `**${scenario.name}**: ${scenario.title}.\n\n${head}\n${rows.join("\n")}\n`;
}

/** The aims with what was measured, as a table. */
export function barTable(bars: readonly Bar[]): string {
  const rows = bars.map(({ aim, isHeld, figure: measured }) => {
    const verdict = isHeld === undefined ? "not measured" : isHeld ? "held" : "**missed**";
    return `| ${aim} | ${verdict} | ${measured} |`;
  });
  return `| aim | | measured |\n|---|---|---|\n${rows.join("\n")}\n`;
}

const EXPLANATION = `\`direct\` asks the mock upstream itself; its processor time and memory are the mock's. \`pipe\` is thirty lines of node:http that copy bytes, \`nginx\` Debian's with one
worker and without buffering, \`portkey\` the gateway of npm with the packages pinned in \`portkey/\`, without cache and hooks, \`vouch\` the program's router role on its full
path: API key, limits reserved and settled, usage rows written to the embedded database, metrics on, log level \`warn\`. The database is a process of its own with a column of its own.

Each run has a fresh process of its target, which answers 20 calls one after the other and then 5 s of unmeasured load (streams: 4.5 to 5.5 s, the ramp included), since V8
compiles in the first seconds; targets take turns within a round, and each round begins with another one. Generator, upstream and target share the cores: requests/s
compare, they are no capacity; processor time per request or token is the steadiest figure. Cells: median (least–most) of the rounds. \`added\` is against the direct run of
the same round. \`transit\` is the time from the upstream's write of a token to its arrival at the client, \`gap sd\` the deviation of the gaps between tokens, RSS the largest
seen during the run. Errors are those of the whole run, warm-up included; a stream counts as whole only with all its tokens and \`[DONE]\`.`;

/** The results file. */
export function report(run: BenchRun): string {
  const machine = `${cpus().length} shared cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
  const tables = run.scenarios.map((scenario) =>
    table(scenario, run.runs.get(scenario.name) ?? new Map(), run.targets),
  );
  const date = run.startedAt.toISOString().slice(0, 16).replace("T", " ");
  return `# The router against direct, a bare pipe, nginx and Portkey

    ${run.command}

${machine}, ${date} UTC. Load average ${run.loadAtStart.toFixed(1)} at the start, ${run.loadAtEnd.toFixed(1)} at the end (the bench's own included). ${run.rounds} rounds, ${run.seconds} s measured each.
${run.missing.map((line) => `\n${line}\n`).join("")}
${EXPLANATION}

## Aims

${barTable([...checkBars(run.runs), ...run.bars])}
## Figures

${[...tables, ...run.sections].join("\n")}`;
}
