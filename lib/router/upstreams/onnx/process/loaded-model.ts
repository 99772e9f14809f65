import { setImmediate as nextTurn } from "node:timers/promises";
import type { OnnxPooling } from "../../../config/router-config.ts";
import type { ModelResult, ModelSettings, ModelTask } from "../messages.ts";
import { chooseInputs, type InputMaker } from "./choose-inputs.ts";
import { chooseOutput } from "./choose-output.ts";
import { normalise, poolRow } from "./pool-vectors.ts";
import { readModelFiles, UnusableModel } from "./read-model-files.ts";
import { loadPackages, type Session, type Tensor } from "./runtime.ts";
import { scoreRows } from "./score-rows.ts";
import { splitBatches } from "./split-batches.ts";
import { type EncodedText, TokenEncoder } from "./token-encoder.ts";

/** Texts between two looks at what else there is to do. */
const ENCODED_AT_ONCE = 16;

/** A model ready to calculate. */
export interface LoadedModel {
  readonly maxTokens: number;
  readonly pooling: OnnxPooling;
  /**
   * Calculates in batches and lets other tasks take turns between them.
   *
   * @returns undefined when `isStopped` said so on the way.
   */
  run(task: ModelTask, isStopped: () => boolean): Promise<ModelResult | undefined>;
}

/** Loads a model. Throws UnusableModel with one line for administrators. */
export async function loadModel(settings: ModelSettings): Promise<LoadedModel> {
  const files = readModelFiles(settings.directory);
  const { runtime, Tokenizer } = packagesOf(settings);
  const maxTokens = settings.maxTokens ?? files.maxTokens;
  const pooling = settings.pooling ?? files.pooling ?? "mean";
  let encoder: TokenEncoder;
  let padTokenId: number;
  try {
    const tokenizer = new Tokenizer(files.tokenizer, files.tokenizerConfig);
    encoder = new TokenEncoder(tokenizer, maxTokens);
    const named = files.padToken === undefined ? undefined : tokenizer.token_to_id(files.padToken);
    padTokenId = files.padTokenId ?? named ?? 0;
  } catch (error) {
    throw new UnusableModel(`${settings.directory}/tokenizer.json cannot be used: ${lineOf(error)}`);
  }
  let session: Session;
  try {
    session = await runtime.InferenceSession.create(settings.graph, {
      intraOpNumThreads: settings.threads,
      executionMode: "sequential",
      executionProviders: ["cpu"],
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new UnusableModel(`${settings.graph} cannot be loaded: ${lineOf(error)}`);
  }
  const inputs = chooseInputs(session, settings.graph, runtime.Tensor, padTokenId);
  const graph = { settings, session, inputs, pooling, furtherModules: files.furtherModules };
  return { maxTokens, pooling, run: (task, isStopped) => runTask(graph, encoder, task, isStopped) };
}

function packagesOf({ packages }: ModelSettings): ReturnType<typeof loadPackages> {
  try {
    return loadPackages(packages);
  } catch (error) {
    throw new UnusableModel(
      `the runtime in ${packages} does not load on ${process.platform}/${process.arch}: ${lineOf(error)}`,
    );
  }
}

function lineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n")[0] ?? "").slice(0, 300);
}

interface Graph {
  readonly settings: ModelSettings;
  readonly session: Session;
  readonly inputs: InputMaker;
  readonly pooling: OnnxPooling;
  readonly furtherModules: readonly string[];
}

async function runTask(
  graph: Graph,
  encoder: TokenEncoder,
  task: ModelTask,
  isStopped: () => boolean,
): Promise<ModelResult | undefined> {
  const output = chooseOutput(graph, task.kind);
  const encode =
    task.kind === "score" ? encoder.pairsWith(task.query) : (text: string) => encoder.encode(text);
  const rows: EncodedText[] = [];
  for (const [index, text] of task.texts.entries()) {
    if (index % ENCODED_AT_ONCE === 0) await nextTurn();
    if (isStopped()) return undefined;
    rows.push(encode(text));
  }
  const results = new Map<number, Float32Array | Float64Array>();
  for (const batch of splitBatches(rows.map(({ ids }) => ids.length))) {
    await nextTurn();
    if (isStopped()) return undefined;
    const chosen = batch.flatMap((index) => rows[index] ?? []);
    const answer = (await graph.session.run(graph.inputs(chosen), [output]))[output];
    const values = readRows(answer, chosen, task.kind, graph.pooling);
    for (const [at, index] of batch.entries()) results.set(index, values(at));
  }
  return {
    ...joinRows(rows.map((_, index) => results.get(index) ?? new Float32Array())),
    tokens: rows.reduce((sum, { ids }) => sum + ids.length, 0),
    truncated: rows.filter(({ isCut }) => isCut).length,
  };
}

function readRows(
  answer: Tensor | undefined,
  rows: readonly EncodedText[],
  kind: ModelTask["kind"],
  pooling: OnnxPooling,
): (row: number) => Float32Array | Float64Array {
  if (answer === undefined || !(answer.data instanceof Float32Array)) {
    throw new Error(`the graph gives ${answer?.type ?? "nothing"} where float32 is needed`);
  }
  const { data, dims } = answer;
  if (dims[0] !== rows.length) throw new Error("the graph gives another number of rows than it got");
  if (kind === "score") {
    const scores = scoreRows(data, rows.length);
    return (row) => scores.subarray(row, row + 1);
  }
  const width = dims.at(-1) ?? 0;
  if (dims.length === 2) return (row) => normalise(data.slice(row * width, (row + 1) * width));
  const tokens = { data, width, rowLength: dims[1] ?? 0 };
  return (row) => poolRow(tokens, row, rows[row]?.ids.length ?? 0, pooling);
}

function joinRows(rows: readonly (Float32Array | Float64Array)[]): Pick<ModelResult, "values" | "width"> {
  const width = rows[0]?.length ?? 0;
  const length = width * rows.length;
  const values = rows[0] instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
  for (const [index, row] of rows.entries()) values.set(row, index * width);
  return { values, width };
}
