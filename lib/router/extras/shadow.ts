import { counter, histogram } from "../../platform/metrics.ts";

/** What a shadow copy came to; its text is looked at by nobody. */
export interface ShadowResult {
  /** Of the answer, as reported or estimated. */
  readonly completionTokens: number;
}

/** Which requests are copied. */
export interface ShadowOptions {
  /** The model that gets the copies, as it stands in the metrics. */
  readonly model: string;
  /** Share of the requests, 0 to 1. */
  readonly share: number;
  /** Copies under way at most; beyond it a copy is left out. */
  readonly maxConcurrent?: number;
  readonly timeoutMs?: number;
}

/** A request that was answered. */
export interface ShadowedRequest {
  readonly requestId: string;
  /** Of the real answer. */
  readonly completionTokens: number;
  /** Of the real answer. */
  readonly totalMs: number;
  /** Asks the other model and records its usage. */
  readonly copy: (signal: AbortSignal) => Promise<ShadowResult>;
}

/** Copies of a share of the requests to another model. */
export interface Shadow {
  /**
   * Copies the request if its turn has come. Call it when the real answer has ended. Never throws, never waits; the
   * copy begins after the current turn of the event loop and its failure is a number in the metrics.
   */
  offer(request: ShadowedRequest): void;
  /** Copies under way. */
  readonly size: number;
  /** Stops the copies under way and takes no more. */
  close(): Promise<void>;
}

const DEFAULT_MAX_CONCURRENT = 8;
const DEFAULT_TIMEOUT_MS = 120_000;

function shadowMetrics() {
  return {
    copies: counter({
      name: "vouch_router_shadow_copies_total",
      help: "Copies of requests to a shadow model by how they ended (complete, failed, timeout, skipped: too many at once).",
      labels: ["model", "outcome"],
    }),
    timeRatio: histogram({
      name: "vouch_router_shadow_time_ratio",
      help: "Time of the shadow's whole answer over the time of the real one.",
      labels: ["model"],
      buckets: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 8, 16],
    }),
    sizeRatio: histogram({
      name: "vouch_router_shadow_size_ratio",
      help: "Completion tokens of the shadow's answer over those of the real one.",
      labels: ["model"],
      buckets: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 8, 16],
    }),
  };
}

/** Makes a {@link Shadow}. */
export function createShadow(options: ShadowOptions): Shadow {
  const { model, share } = options;
  const maxConcurrent = options.maxConcurrent ?? DEFAULT_MAX_CONCURRENT;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const running = new Map<Promise<void>, AbortController>();
  let isClosed = false;
  const metrics = shadowMetrics();

  const copy = async (request: ShadowedRequest, stop: AbortController) => {
    const timer = setTimeout(() => stop.abort(new Error("the shadow took too long")), timeoutMs);
    // Not in the turn that ends the real answer.
    await new Promise((resolve) => setImmediate(resolve));
    const startedAt = performance.now();
    try {
      stop.signal.throwIfAborted();
      const { completionTokens } = await request.copy(stop.signal);
      metrics.copies.inc({ model, outcome: "complete" });
      observeRatio(metrics.timeRatio, performance.now() - startedAt, request.totalMs);
      observeRatio(metrics.sizeRatio, completionTokens, request.completionTokens);
    } catch {
      // A shadow's failure is a figure, never anybody's error.
      metrics.copies.inc({ model, outcome: stop.signal.aborted ? "timeout" : "failed" });
    } finally {
      clearTimeout(timer);
    }
  };
  const observeRatio = (ratio: typeof metrics.timeRatio, shadow: number, real: number) => {
    if (real > 0) ratio.observe({ model }, shadow / real);
  };
  return {
    offer(request) {
      if (isClosed || !isSampled(request.requestId, share)) return;
      if (running.size >= maxConcurrent) {
        metrics.copies.inc({ model, outcome: "skipped" });
        return;
      }
      const stop = new AbortController();
      const work = copy(request, stop).finally(() => running.delete(work));
      running.set(work, stop);
    },
    get size() {
      return running.size;
    },
    async close() {
      isClosed = true;
      for (const stop of running.values()) stop.abort(new Error("the router closes"));
      await Promise.all(running.keys());
    },
  };
}

/**
 * True for about the given share of ids, always the same ones: FNV-1a over the id, then murmur's finish so that ids that
 * differ in the last character only still spread.
 */
export function isSampled(requestId: string, share: number): boolean {
  let hash = 2166136261;
  for (let index = 0; index < requestId.length; index += 1) {
    hash = Math.imul(hash ^ requestId.charCodeAt(index), 16777619);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 < share;
}
