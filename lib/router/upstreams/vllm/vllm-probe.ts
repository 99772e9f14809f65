import { setTimeout as sleep } from "node:timers/promises";
import { logger } from "../../../platform/log.ts";
import type { HttpUpstreamConfig } from "../../config/router-config.ts";
import { type Fetch, fetchText } from "../health/fetch-text.ts";
import { type EngineLoad, readEngineLoads } from "./read-engine-loads.ts";
import { readServedModels, type ServedModel } from "./read-served-models.ts";

/** What a vLLM server says of its load. */
export interface VllmLoad extends EngineLoad {
  /** When it was read, on the clock of the probe. */
  readonly atMs: number;
}

/** Watches one vLLM server. Everything it says is from memory; the server is asked in the background. */
export interface VllmProbe {
  /** Load of the server, or of one of its models where it counts them apart; undefined when unknown or stale. */
  load(upstreamModel?: string): VllmLoad | undefined;
  /** False while the server is down; undefined while nothing is known of it, or it has no `/health`. */
  isHealthy(): boolean | undefined;
  /** The models and adapters it serves; undefined while unknown. */
  models(): readonly ServedModel[] | undefined;
  close(): void;
}

/** The part of an upstream's configuration that the probe needs. */
export type VllmProbeConfig = Pick<HttpUpstreamConfig, "name" | "baseUrl" | "apiKey" | "metricsIntervalMs">;

/** The outside of a probe. */
export interface VllmProbeDeps {
  readonly fetch: Fetch;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const realDeps: VllmProbeDeps = {
  fetch,
  now: () => performance.now(),
  random: Math.random,
  // Without a reference: a program that has nothing else to do may end.
  sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }),
};

/** Figures of a server with many histograms take some hundred kilobytes. */
const MAX_BYTES = 8 * 1024 * 1024;

const SHORTEST_TIMEOUT_MS = 1_000;
const LONGEST_TIMEOUT_MS = 5_000;

/** A server that is away is asked less often, but soon enough to be found again. */
const LONGEST_INTERVAL_MS = 30_000;

/** Adapters come and go by hand: their list is read now and then, and when the server comes back. */
const MODELS_INTERVAL_MS = 30_000;

/** Figures older than this many intervals are of no use to a choice among servers. */
const STALE_INTERVALS = 3;

/** A server deep in work may answer late once; twice in a row is down. */
const SILENCES_UNTIL_DOWN = 2;

/** Begins to watch a server; with an interval of 0 nothing is ever asked and nothing is known. */
export function createVllmProbe(config: VllmProbeConfig, deps: Partial<VllmProbeDeps> = {}): VllmProbe {
  const probe = new Probe(config, { ...realDeps, ...deps });
  if (config.metricsIntervalMs > 0) void probe.run();
  return probe;
}

type Answer = { readonly status: number; readonly text: string } | "refused" | "silent";

class Probe implements VllmProbe {
  readonly #config: VllmProbeConfig;
  readonly #deps: VllmProbeDeps;
  readonly #root: string;
  readonly #closing = new AbortController();
  #loads: ReadonlyMap<string, EngineLoad> = new Map();
  #total: VllmLoad | undefined;
  #isHealthy: boolean | undefined;
  #silences = 0;
  #models: readonly ServedModel[] | undefined;
  #modelsAtMs = Number.NEGATIVE_INFINITY;

  constructor(config: VllmProbeConfig, deps: VllmProbeDeps) {
    this.#config = config;
    this.#deps = deps;
    // The interface lives under /v1, health and figures beside it.
    this.#root = config.baseUrl.replace(/\/v1$/, "");
  }

  load(upstreamModel?: string): VllmLoad | undefined {
    const total = this.#total;
    if (total === undefined) return undefined;
    const staleMs = this.#config.metricsIntervalMs * STALE_INTERVALS + SHORTEST_TIMEOUT_MS;
    if (this.#deps.now() - total.atMs > staleMs) return undefined;
    // Adapters are counted under the name of the model they belong to.
    const own = upstreamModel === undefined ? undefined : this.#loads.get(upstreamModel);
    return own === undefined ? total : { ...own, atMs: total.atMs };
  }

  isHealthy(): boolean | undefined {
    return this.#isHealthy;
  }

  models(): readonly ServedModel[] | undefined {
    return this.#models;
  }

  close(): void {
    this.#closing.abort();
  }

  /** Asks until closed; never rejects. */
  async run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      failures = (await this.#ask()) ? 0 : failures + 1;
      const { metricsIntervalMs } = this.#config;
      const pauseMs = Math.min(
        metricsIntervalMs * 2 ** Math.min(failures, 10),
        Math.max(LONGEST_INTERVAL_MS, metricsIntervalMs),
      );
      // Jitter: several routers must not ask in step.
      const jitter = 0.9 + 0.2 * this.#deps.random();
      await this.#deps.sleep(pauseMs * jitter, signal).catch(() => {});
    }
  }

  /** One round; true when the server answered. */
  async #ask(): Promise<boolean> {
    const [health, figures] = await Promise.all([this.#get("/health"), this.#get("/metrics")]);
    if (this.#closing.signal.aborted) return true;
    const wasHealthy = this.#isHealthy;
    this.#judge(health);
    if (typeof figures === "object" && figures.status === 200) this.#take(figures.text);
    const isBack = wasHealthy === false && this.#isHealthy === true;
    const isDue = this.#deps.now() - this.#modelsAtMs >= MODELS_INTERVAL_MS;
    if (this.#isHealthy !== false && (isBack || isDue)) await this.#readModels();
    return typeof health === "object" || typeof figures === "object";
  }

  #judge(health: Answer): void {
    const before = this.#isHealthy;
    this.#silences = health === "silent" ? this.#silences + 1 : 0;
    if (health === "silent") {
      if (this.#silences >= SILENCES_UNTIL_DOWN) this.#isHealthy = false;
    } else if (health === "refused") {
      this.#isHealthy = false;
    } else if (health.status === 200) {
      this.#isHealthy = true;
    } else {
      // 503: the engine behind the server is dead. 404 and the like: a proxy that hides this address.
      this.#isHealthy = health.status >= 500 ? false : undefined;
    }
    if (before === this.#isHealthy || this.#isHealthy === undefined) return;
    if (this.#isHealthy) logger.info({ upstream: this.#config.name }, "vLLM server is up");
    else logger.warn({ upstream: this.#config.name }, "vLLM server is down");
  }

  #take(text: string): void {
    const { byModel, total } = readEngineLoads(text);
    if (total === undefined) return;
    this.#loads = byModel;
    this.#total = { ...total, atMs: this.#deps.now() };
  }

  async #readModels(): Promise<void> {
    const answer = await this.#get("/v1/models");
    if (typeof answer !== "object" || answer.status !== 200) return;
    const models = readServedModels(answer.text);
    if (models === undefined) return;
    this.#models = models;
    this.#modelsAtMs = this.#deps.now();
  }

  async #get(path: string): Promise<Answer> {
    const { apiKey, metricsIntervalMs } = this.#config;
    const timeoutMs = Math.min(Math.max(metricsIntervalMs, SHORTEST_TIMEOUT_MS), LONGEST_TIMEOUT_MS);
    const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    try {
      return await fetchText(
        new URL(`${this.#root}${path}`),
        { headers },
        { fetch: this.#deps.fetch, timeoutMs, maxBytes: MAX_BYTES, signal: this.#closing.signal },
      );
    } catch (error) {
      return error instanceof DOMException && error.name === "TimeoutError" ? "silent" : "refused";
    }
  }
}
