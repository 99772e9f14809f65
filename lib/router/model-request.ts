import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "../identity/schema.ts";
import type { ModelConfig, ModelTarget, RouterConfig } from "./config/router-config.ts";
import { chatViewOf } from "./endpoints/chat-view.ts";
import type { ResponseItemMemory, ResponseItems } from "./endpoints/responses/response-items.ts";
import type { ReusePlan } from "./extras/plan-reuse.ts";
import type { RouterExtras } from "./extras/router-extras.ts";
import type { JsonObject } from "./http/read-json-body.ts";
import type { Limiter } from "./limits/limiter.ts";
import type { RequestCost } from "./request-cost.ts";
import { type ConversationAffinity, conversationPrefixes } from "./routing/conversation-affinity.ts";
import { RouteRun } from "./routing/route-run.ts";
import type { TargetBook, UpstreamLoad } from "./routing/target-state.ts";
import type { StopSignal } from "./stop-signal.ts";
import type { RequestTrace, RouterTracer } from "./tracing/request-trace.ts";
import type { Endpoint, Upstream } from "./upstreams/upstream.ts";
import type { UsageRecorder } from "./usage/usage-recorder.ts";

/** What every request needs of its router. */
export interface RouterParts {
  readonly config: RouterConfig;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly usage: UsageRecorder;
  readonly book: TargetBook;
  readonly affinity: ConversationAffinity;
  readonly limiter: Limiter;
  readonly extras: RouterExtras;
  readonly tracer: RouterTracer | undefined;
  /** Items of earlier responses, by caller. */
  readonly items: ResponseItemMemory;
  /** What an upstream says of its own load, when it does. */
  readonly loadOf: (target: ModelTarget) => UpstreamLoad | undefined;
  /** False while a target's server is known to be down. */
  readonly isWell: (target: ModelTarget) => boolean;
}

/** A request for a model, checked and ready to be sent on. */
export interface ModelRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly caller: Principal;
  readonly endpoint: Endpoint;
  readonly body: JsonObject;
  readonly model: ModelConfig;
  /** How it may use answers of others, and give its own. */
  readonly reuse: ReusePlan;
  /** Items of the caller's earlier responses. */
  readonly items: ResponseItems | undefined;
  readonly trace: RequestTrace | undefined;
  /** Aborts when the client leaves or the program stops. */
  readonly signal: StopSignal;
  /** Called when an upstream is asked. */
  readonly onDispatch: () => void;
  /** Milliseconds the router itself took before the first call upstream. */
  readonly overheadMs: () => number;
  /** Milliseconds since the request arrived, without the wait for its body. */
  readonly elapsedMs: () => number;
  /** Headers for the answer, whatever it is. */
  readonly answerHeaders: Readonly<Record<string, string>>;
  /** Headers for the error answer, filled in when an upstream was asked in vain. */
  readonly failureHeaders: Record<string, string>;
  /** What all attempts together took. */
  readonly cost: RequestCost;
}

/** The upstream of a target. */
export function upstreamOf(target: ModelTarget, { upstreams }: RouterParts): Upstream {
  const upstream = upstreams.get(target.upstream.name);
  if (upstream === undefined) throw new Error(`no upstream ${target.upstream.name}`);
  return upstream;
}

/** Begins the way of a request through its targets; a model with affinity looks for the conversation's last one. */
export function beginRoute(asked: ModelRequest, parts: RouterParts): RouteRun {
  const { model, caller, endpoint, body } = asked;
  const { config, book, affinity, loadOf, isWell } = parts;
  const prefixes =
    model.policy === "affinity"
      ? conversationPrefixes(`${caller.orgId}/${model.name}`, chatViewOf(endpoint, body))
      : [];
  const findModel = (name: string) => config.models.get(name);
  return new RouteRun(
    model,
    { book, affinity, loadOf, isWell, retries: config.retries, findModel, random: Math.random },
    prefixes,
  );
}

/** Headers that say who answered. */
export function routeHeaders(target: ModelTarget, attempts: number): Record<string, string> {
  return { "x-vouch-upstream": target.upstream.name, "x-vouch-attempts": String(attempts) };
}
