/** Load of an engine, or of several taken together. */
export interface EngineLoad {
  readonly running: number;
  readonly waiting: number;
  /** Share (0 to 1) of the cache for keys and values that is taken; the mean of several engines. */
  readonly cacheUse: number | undefined;
}

/** What the figures of a vLLM server say. */
export interface EngineLoads {
  /** By the label `model_name`. */
  readonly byModel: ReadonlyMap<string, EngineLoad>;
  /** All models together; undefined when the text holds no figures of vLLM. */
  readonly total: EngineLoad | undefined;
}

const RUNNING = "vllm:num_requests_running";
const WAITING = "vllm:num_requests_waiting";

/** The second is the name before vLLM 0.10; for a while both were there. */
const CACHE_USE = ["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"] as const;

interface Sum {
  running: number;
  waiting: number;
  cacheUse: number;
  caches: number;
}

/**
 * Finds the few figures that matter in a page of Prometheus' text format, which is mostly histograms: only their own
 * lines are looked at. A server with several engines has a line for each; requests are added up.
 */
export function readEngineLoads(text: string): EngineLoads {
  const sums = new Map<string, Sum>();
  const add = (name: string, change: (sum: Sum, value: number) => void): number =>
    eachSample(text, name, (model, value) => {
      let sum = sums.get(model);
      if (sum === undefined) {
        sum = { running: 0, waiting: 0, cacheUse: 0, caches: 0 };
        sums.set(model, sum);
      }
      change(sum, value);
    });
  const addCacheUse = (sum: Sum, value: number) => {
    sum.cacheUse += value;
    sum.caches += 1;
  };
  const found =
    add(RUNNING, (sum, value) => {
      sum.running += value;
    }) +
    add(WAITING, (sum, value) => {
      sum.waiting += value;
    });
  if (add(CACHE_USE[0], addCacheUse) === 0) add(CACHE_USE[1], addCacheUse);
  const total: Sum = { running: 0, waiting: 0, cacheUse: 0, caches: 0 };
  for (const sum of sums.values()) {
    total.running += sum.running;
    total.waiting += sum.waiting;
    total.cacheUse += sum.cacheUse;
    total.caches += sum.caches;
  }
  return {
    byModel: new Map(Array.from(sums, ([model, sum]) => [model, toLoad(sum)])),
    total: found === 0 ? undefined : toLoad(total),
  };
}

function toLoad({ running, waiting, cacheUse, caches }: Sum): EngineLoad {
  return { running, waiting, cacheUse: caches === 0 ? undefined : cacheUse / caches };
}

/** Calls back for each sample of a metric; returns how many there were. */
function eachSample(text: string, name: string, take: (model: string, value: number) => void): number {
  let count = 0;
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + name.length)) {
    const isLineStart = at === 0 || text[at - 1] === "\n";
    const next = text[at + name.length];
    // Otherwise it is a comment, or the beginning of a longer name.
    if (!isLineStart || (next !== "{" && next !== " ")) continue;
    const lineEnd = text.indexOf("\n", at);
    const line = text.slice(at + name.length, lineEnd === -1 ? undefined : lineEnd);
    const sample = SAMPLE.exec(line);
    const value = Number(sample?.groups?.value ?? Number.NaN);
    if (!Number.isFinite(value) || value < 0) continue;
    take(modelName(sample?.groups?.labels ?? ""), value);
    count += 1;
  }
  return count;
}

/** Labels, value and perhaps a time; quoted values may hold anything, brackets too. */
const SAMPLE = /^(?:\{(?<labels>(?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+(?<value>\S+)/;

const MODEL_NAME = /(?:^|,)\s*model_name="(?<name>(?:[^"\\]|\\.)*)"/;

function modelName(labels: string): string {
  const quoted = MODEL_NAME.exec(labels)?.groups?.name ?? "";
  return quoted.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
}
