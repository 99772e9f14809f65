import { parseArgs } from "node:util";
import {
  compareRuns,
  createRun,
  executeRun,
  findDatasets,
  findPreviousRun,
  getRun,
  SAMPLE_DATASET_NAME,
  stopRun,
  systemDeps,
} from "../../evaluation/index.ts";
import {
  type Comparison,
  type Run,
  type RunConfiguration,
  runConfigurationSchema,
  TOTALS,
} from "../../evaluation/schema.ts";
import { getFirstAdministrator } from "../../identity/index.ts";
import type { Principal } from "../../identity/schema.ts";
import { setOwnPort } from "../../platform/own-address.ts";
import { AppError } from "../../shared/errors.ts";
import { parseArguments, printTable } from "./output.ts";
import { serveRouter } from "./serve-router.ts";

const HELP = `vouch eval: measure the system over a dataset

  eval [--dataset NAME] [--mode hybrid|semantic|keyword] [--semantic-weight 0..1] [--passages 1..20]
       [--model NAME]

Asks every question of the dataset ("${SAMPLE_DATASET_NAME}" when none is named) in the name of the first
administrator and prints the totals beside those of the run before. The run is stored as the page's own are.

  --json   print JSON for programs
  --help   print this text`;

function parseEvalArguments(args: readonly string[]) {
  return parseArguments(HELP, () =>
    parseArgs({
      args: [...args],
      options: {
        dataset: { type: "string", default: SAMPLE_DATASET_NAME },
        mode: { type: "string" },
        "semantic-weight": { type: "string" },
        passages: { type: "string" },
        model: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }),
  );
}

type EvalValues = ReturnType<typeof parseEvalArguments>["values"];

function toConfiguration(values: EvalValues): RunConfiguration {
  const weight = values["semantic-weight"];
  const parsed = runConfigurationSchema.safeParse({
    ...(values.mode === undefined ? {} : { mode: values.mode }),
    ...(weight === undefined ? {} : { semanticWeight: Number(weight) }),
    ...(values.passages === undefined ? {} : { passages: Number(values.passages) }),
    ...(values.model === undefined ? {} : { model: values.model }),
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError("invalid_request", {
    message: `${issue?.path.join(".")}: ${issue?.message}\n\n${HELP}`,
  });
}

async function measure(principal: Principal, run: Run, isQuiet: boolean): Promise<Run> {
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  process.once("SIGTERM", onInterrupt);
  const router = await serveRouter();
  setOwnPort(router.port);
  try {
    await executeRun(principal, run.id, systemDeps, {
      signal: interrupt.signal,
      onProgress: (done, count) => {
        if (!isQuiet) process.stderr.write(`\r${done} of ${count} questions`);
      },
    });
  } catch (error) {
    // Nobody would take the run up again: no job stands behind it.
    await stopRun(principal, run.id);
    if (!interrupt.signal.aborted) throw error;
  } finally {
    if (!isQuiet) process.stderr.write("\n");
    await router.close();
  }
  return getRun(principal, run.id);
}

const VERDICTS = {
  better: "better",
  worse: "worse",
  same: "no difference",
  unclear: "no clear difference",
} as const;

function printTotals(run: Run, comparison: Comparison | null): void {
  const totals = new Map(run.summary?.totals.map((total) => [total.metric, total]));
  const differences = new Map(comparison?.metrics.map((metric) => [metric.metric, metric]));
  const rows = TOTALS.flatMap(({ metric, label, unit }) => {
    const total = totals.get(metric);
    if (total === undefined) return [];
    const show = (value: number) => (unit === "share" ? value.toFixed(3) : `${Math.round(value)} ms`);
    const difference = differences.get(metric);
    const interval = `${show(total.low)} to ${show(total.high)}`;
    const compared =
      difference === undefined ? ["", ""] : [show(difference.before), VERDICTS[difference.verdict]];
    return [[label, show(total.value), interval, String(total.n), ...compared]];
  });
  printTable(["measure", "value", "95 % interval", "n", "before", "difference"], rows);
}

function printRun(run: Run, comparison: Comparison | null): void {
  const { mode, passages } = run.configuration;
  console.log(
    `\n${run.datasetName}, version ${run.datasetVersion}: ${run.state}, ${run.itemsDone} of ${run.itemCount}`,
  );
  console.log(`${mode} search, ${passages} passages, ${run.model}, ${run.embedder}\n`);
  printTotals(run, comparison);
  const failed = run.summary?.failedItems ?? 0;
  if (failed > 0)
    console.log(`\n${failed} of ${run.itemCount} questions ended with an error and are in no figure.`);
}

/**
 * `vouch eval ...`: one run in line, through the code the page's runs go through. The database must be open.
 *
 * @param args What follows `eval` on the command line.
 * @throws AppError with a sentence for the person; also when the run did not complete, so that scripts notice.
 */
export async function evalCommand(args: readonly string[]): Promise<void> {
  const { values } = parseEvalArguments(args);
  if (values.help) {
    console.log(HELP);
    return;
  }
  const configuration = toConfiguration(values);
  const principal = await getFirstAdministrator();
  const dataset = (await findDatasets(principal)).find((candidate) => candidate.name === values.dataset);
  if (dataset === undefined) {
    throw new AppError("not_found", { message: `There is no dataset named "${values.dataset}".` });
  }
  const created = await createRun(principal, { datasetId: dataset.id, configuration });
  const run = await measure(principal, created, values.json);
  const previousId = await findPreviousRun(principal, run.id);
  const comparison = previousId === undefined ? null : await compareRuns(principal, run.id, previousId);
  if (values.json) console.log(JSON.stringify({ run, comparison }));
  else printRun(run, comparison);
  if (run.state !== "complete") throw new AppError("internal", { message: `The run is ${run.state}.` });
}
