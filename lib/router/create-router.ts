import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { environment } from "../platform/env.ts";
import { requestIdFrom } from "../platform/http/index.ts";
import { logger } from "../platform/log.ts";
import { type Authenticate, authenticateProgram } from "./authenticate.ts";
import type { RouterConfig } from "./config/router-config.ts";
import { describeRouter } from "./describe-router.ts";
import { ResponseItemMemory } from "./endpoints/responses/response-items.ts";
import type { AnswerEpochOptions, AnswerEpochs } from "./extras/answer-epochs.ts";
import type { AnswerStore } from "./extras/exact-cache.ts";
import { createRouterExtras, type RouterExtras } from "./extras/router-extras.ts";
import { HandledRequest } from "./handle-request.ts";
import { routerClosing } from "./http/api-error.ts";
import { sendApiError } from "./http/send-json.ts";
import type { Limiter } from "./limits/limiter.ts";
import { unlimited } from "./limits/unlimited.ts";
import type { RouterParts } from "./model-request.ts";
import { Roster } from "./roster.ts";
import { routerMetrics } from "./router-metrics.ts";
import { ConversationAffinity } from "./routing/conversation-affinity.ts";
import { TargetBook } from "./routing/target-state.ts";
import type { RouterState } from "./schema.ts";
import type { RouterTracer } from "./tracing/request-trace.ts";
import { createUpstreams, type UpstreamSet } from "./upstreams/create-upstreams.ts";
import { type UsageRecorder, usageRecorder } from "./usage/usage-recorder.ts";

/** What a router is made of; only the configuration has no default. */
export interface RouterDeps {
  readonly config: RouterConfig;
  readonly authenticate?: Authenticate;
  readonly usage?: UsageRecorder;
  readonly limiter?: Limiter;
  readonly tracer?: RouterTracer | undefined;
  /** Where answers are shared with other processes; the environment's Redis when there is one. */
  readonly answers?: AnswerStore | undefined;
  /** Makes what knows which stored answers are void; without it all are good until their time is over. */
  readonly followEpochs?: (options: AnswerEpochOptions) => AnswerEpochs;
  /** Milliseconds between word groups of the built-in model. */
  readonly builtinPaceMs?: number;
}

/** Live figures of a router. */
export interface RouterStats {
  /** Requests being answered, of any kind. */
  readonly inFlight: number;
  readonly isClosing: boolean;
  /** Usage rows not yet in the database. */
  readonly usageWaiting: number;
  /** Requests that hold a share of a limit. */
  readonly reservations: number;
}

/** The OpenAI-compatible router; mount it for every address under `/v1`. */
export interface Router {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Takes another configuration for the requests that come from now on; running ones end under the old one. */
  reload(config: RouterConfig): void;
  /** A new configuration could not be read: the old one stays, and the state says why. */
  refuseConfig(message: string): void;
  /** Refuses new requests, lets running ones end within the time given, cuts the rest, writes their usage. */
  close(drainMs?: number): Promise<void>;
  /** Something was taken away from readers: looks now which stored answers are void. Never rejects. */
  noteRemoval(): Promise<void>;
  stats(): RouterStats;
  state(): RouterState;
}

const DRAIN_MS = 25_000;

/** One configuration in use, with the requests that began under it. */
interface Era {
  readonly parts: RouterParts;
  readonly set: UpstreamSet;
  running: number;
}

/** Makes a router over a configuration. */
export function createRouter(deps: RouterDeps): Router {
  return new LiveRouter(deps);
}

class LiveRouter implements Router {
  readonly #authenticate: Authenticate;
  readonly #usage: UsageRecorder;
  readonly #limiter: Limiter;
  readonly #tracer: RouterTracer | undefined;
  readonly #paceMs: number;
  readonly #book: TargetBook;
  readonly #extras: RouterExtras;
  readonly #affinity = new ConversationAffinity();
  readonly #items = new ResponseItemMemory();
  readonly #running = new Roster<HandledRequest>();
  /** Called when nothing runs any more. */
  #onIdle = () => {};
  readonly #eras = new Set<Era>();
  #era: Era;
  #configError: string | null = null;
  #isClosing = false;

  constructor(deps: RouterDeps) {
    this.#authenticate = deps.authenticate ?? authenticateProgram;
    this.#usage = deps.usage ?? usageRecorder();
    this.#limiter = deps.limiter ?? unlimited;
    this.#tracer = deps.tracer;
    this.#paceMs = deps.builtinPaceMs ?? environment().VOUCH_BUILTIN_PACE_MS;
    this.#book = new TargetBook(deps.config.breaker);
    this.#extras = createRouterExtras(deps.config.cacheMaxBytes, deps.answers, deps.followEpochs);
    this.#era = this.#begin(deps.config, undefined);
  }

  // Bound: servers take it as their listener.
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const requestId = requestIdFrom(readHeader(request, "x-request-id"));
    if (this.#isClosing) {
      sendApiError(response, routerClosing(), { "x-request-id": requestId });
      return;
    }
    routerMetrics().inFlight.inc();
    const era = this.#era;
    era.running += 1;
    const arrival = { request, response, requestId, authenticate: this.#authenticate };
    const handled = new HandledRequest(arrival, era.parts, (over) => this.#ended(over, era));
    this.#running.add(handled);
    handled.start();
  };

  reload(config: RouterConfig): void {
    const previous = this.#era;
    this.#era = this.#begin(config, previous.set);
    this.#configError = null;
    const targets = [...config.models.values()].flatMap((model) => model.targets);
    this.#book.configure(config.breaker, targets);
    this.#extras.cache.resize(config.cacheMaxBytes);
    if (previous.running === 0) this.#end(previous);
  }

  refuseConfig(message: string): void {
    this.#configError = message;
  }

  noteRemoval(): Promise<void> {
    return this.#extras.epochs.look();
  }

  stats(): RouterStats {
    return {
      inFlight: this.#running.size,
      isClosing: this.#isClosing,
      usageWaiting: this.#usage.size,
      reservations: this.#limiter.stats().reservations,
    };
  }

  state(): RouterState {
    return describeRouter({
      parts: this.#era.parts,
      set: this.#era.set,
      stats: this.stats(),
      limits: this.#limiter.stats(),
      configError: this.#configError,
    });
  }

  async close(drainMs: number = DRAIN_MS): Promise<void> {
    this.#isClosing = true;
    await Promise.race([this.#idle(), sleep(drainMs, undefined, { ref: false })]);
    this.#running.visit((request) => request.abort());
    await this.#idle();
    await this.#extras.close();
    await this.#limiter.close();
    await this.#usage.flush();
    await this.#tracer?.close();
    for (const era of [...this.#eras]) this.#end(era);
  }

  #ended(request: HandledRequest, era: Era): void {
    this.#running.delete(request);
    routerMetrics().inFlight.dec();
    era.running -= 1;
    if (era !== this.#era && era.running === 0) this.#end(era);
    if (this.#running.size === 0) this.#onIdle();
  }

  #idle(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#onIdle;
      this.#onIdle = () => {
        before();
        resolve();
      };
    });
  }

  #begin(config: RouterConfig, previous: UpstreamSet | undefined): Era {
    const set = createUpstreams(config, { paceMs: this.#paceMs, isWatched: true }, previous);
    warnOfUnpricedModels(config);
    const parts: RouterParts = {
      config,
      upstreams: set.upstreams,
      usage: this.#usage,
      limiter: this.#limiter,
      extras: this.#extras,
      tracer: this.#tracer,
      book: this.#book,
      affinity: this.#affinity,
      items: this.#items,
      loadOf: (target) => set.loadOf(target),
      isWell: (target) => set.isWell(target),
    };
    const era = { parts, set, running: 0 };
    this.#eras.add(era);
    return era;
  }

  #end(era: Era): void {
    this.#eras.delete(era);
    era.set.close(Array.from(this.#eras, ({ set }) => set));
  }
}

function warnOfUnpricedModels(config: RouterConfig): void {
  for (const { name, targets } of config.models.values()) {
    for (const { price, upstream } of targets) {
      if (price !== undefined) continue;
      logger.warn({ model: name, upstream: upstream.name }, "model has no price: its cost is unknown");
    }
  }
}

function readHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}
