import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { environment } from "../platform/env.ts";
import { requestIdFrom } from "../platform/http/index.ts";
import { logger } from "../platform/log.ts";
import { type Authenticate, authenticateProgram } from "./authenticate.ts";
import type { RouterConfig } from "./config/router-config.ts";
import { handleRequest } from "./handle-request.ts";
import { ApiError } from "./http/api-error.ts";
import { sendApiError } from "./http/send-json.ts";
import type { RouterParts } from "./model-request.ts";
import { routerMetrics } from "./router-metrics.ts";
import { createUpstreams } from "./upstreams/create-upstreams.ts";
import { type UsageRecorder, usageRecorder } from "./usage/usage-recorder.ts";

/** What a router is made of; only the configuration has no default. */
export interface RouterDeps {
  readonly config: RouterConfig;
  readonly authenticate?: Authenticate;
  readonly usage?: UsageRecorder;
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
}

/** The OpenAI-compatible router; mount it for every address under `/v1`. */
export interface Router {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Refuses new requests, lets running ones end within the time given, cuts the rest, writes their usage. */
  close(drainMs?: number): Promise<void>;
  stats(): RouterStats;
}

const DRAIN_MS = 25_000;

/** Makes a router over a configuration. */
export function createRouter(deps: RouterDeps): Router {
  const usage = deps.usage ?? usageRecorder();
  const authenticate = deps.authenticate ?? authenticateProgram;
  const paceMs = deps.builtinPaceMs ?? environment().VOUCH_BUILTIN_PACE_MS;
  const upstreams = createUpstreams(deps.config, { paceMs });
  const parts: RouterParts = { config: deps.config, upstreams, usage };
  warnOfUnpricedModels(deps.config);
  const running = new Map<Promise<void>, AbortController>();
  let isClosing = false;

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const requestId = requestIdFrom(readHeader(request, "x-request-id"));
    if (isClosing) {
      const refusal = new ApiError(503, { message: "The router is shutting down.", code: "unavailable" });
      sendApiError(response, refusal, { "x-request-id": requestId, "retry-after": "1", connection: "close" });
      return;
    }
    const stop = new AbortController();
    // Wired before anything else is awaited: the client may leave in any phase.
    response.once("close", () => {
      if (!response.writableFinished) stop.abort();
    });
    routerMetrics().inFlight.inc();
    const work = handleRequest(
      { request, response, requestId, signal: stop.signal, authenticate },
      parts,
    ).finally(() => {
      running.delete(work);
      routerMetrics().inFlight.dec();
    });
    running.set(work, stop);
  };
  return {
    handle: serve,
    stats: () => ({ inFlight: running.size, isClosing, usageWaiting: usage.size }),
    close: async (drainMs = DRAIN_MS) => {
      isClosing = true;
      await Promise.race([Promise.all(running.keys()), sleep(drainMs, undefined, { ref: false })]);
      for (const stop of running.values()) stop.abort();
      await Promise.all(running.keys());
      await usage.flush();
      for (const upstream of upstreams.values()) upstream.close();
    },
  };
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
