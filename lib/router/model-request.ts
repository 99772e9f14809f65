import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "../identity/schema.ts";
import type { ModelConfig, ModelTarget, RouterConfig } from "./config/router-config.ts";
import { ApiError } from "./http/api-error.ts";
import { isJsonObject, type JsonObject } from "./http/read-json-body.ts";
import type { Endpoint, Upstream } from "./upstreams/upstream.ts";
import type { UpstreamError } from "./upstreams/upstream-error.ts";
import type { UsageRecorder } from "./usage/usage-recorder.ts";

/** What every request needs of its router. */
export interface RouterParts {
  readonly config: RouterConfig;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly usage: UsageRecorder;
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
  /** Aborts when the client leaves or the program stops. */
  readonly signal: AbortSignal;
  /** Called when an upstream is asked. */
  readonly onDispatch: () => void;
  /** Headers for the error answer, filled in when an upstream was asked in vain. */
  readonly failureHeaders: Record<string, string>;
}

/** Attempts at most: a second one only when the first cannot have reached its upstream. */
export const MAX_ATTEMPTS = 2;

/** The place to ask. */
export function chooseTarget(model: ModelConfig): ModelTarget {
  return model.targets[0];
}

/** The upstream of a target. */
export function upstreamOf(target: ModelTarget, { upstreams }: RouterParts): Upstream {
  const upstream = upstreams.get(target.upstream.name);
  if (upstream === undefined) throw new Error(`no upstream ${target.upstream.name}`);
  return upstream;
}

/** True when a failed attempt may be repeated at the same place. */
export function mayRepeat(error: UpstreamError, attempt: number, signal: AbortSignal): boolean {
  return error.isUnsent && attempt < MAX_ATTEMPTS && !signal.aborted;
}

/** Headers that say who answered. */
export function routeHeaders(target: ModelTarget, attempts: number): Record<string, string> {
  return { "x-vouch-upstream": target.upstream.name, "x-vouch-attempts": String(attempts) };
}

/** The model a body names, of the kind the endpoint serves. Throws ApiError 400 or 404. */
export function findModel(body: JsonObject, endpoint: Endpoint, config: RouterConfig): ModelConfig {
  const name = body.model;
  if (typeof name !== "string" || name === "") {
    throw new ApiError(400, { message: "you must provide a model parameter", param: "model" });
  }
  const model = config.models.get(name);
  if (model === undefined) throw modelNotFound(name);
  if (model.kind !== (endpoint === "embeddings" ? "embedding" : "chat")) {
    throw new ApiError(404, {
      message: `The model \`${name}\` is not served at /v1/${endpoint}.`,
      param: "model",
      code: "model_not_supported",
    });
  }
  return model;
}

/** OpenAI's answer to an unknown model. */
export function modelNotFound(name: string): ApiError {
  return new ApiError(404, {
    message: `The model \`${name.slice(0, 128)}\` does not exist or you do not have access to it.`,
    param: "model",
    code: "model_not_found",
  });
}

/** Checks the fields the router itself relies on; all others are the upstream's business. */
export function checkBody(body: JsonObject, endpoint: Endpoint): void {
  if (endpoint === "embeddings") {
    if (body.input === undefined || body.input === null) throw missing("input");
    return;
  }
  if (body.messages === undefined) throw missing("messages");
  if (!Array.isArray(body.messages) || body.messages.length === 0 || !body.messages.every(isJsonObject)) {
    throw new ApiError(400, {
      message: "'messages' must be a list of at least one message object.",
      param: "messages",
    });
  }
  if (body.stream !== undefined && body.stream !== null && typeof body.stream !== "boolean") {
    throw new ApiError(400, { message: "'stream' must be true or false.", param: "stream" });
  }
}

function missing(parameter: string): ApiError {
  return new ApiError(400, {
    message: `Missing required parameter: '${parameter}'.`,
    param: parameter,
    code: "missing_required_parameter",
  });
}
