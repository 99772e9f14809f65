import type { ModelConfig, RouterConfig } from "./config/router-config.ts";
import { chatViewOf } from "./endpoints/chat-view.ts";
import { classifyComplexity, tierHeader } from "./extras/classify-complexity.ts";
import { ApiError } from "./http/api-error.ts";
import type { JsonObject } from "./http/read-json-body.ts";
import type { ModelKind } from "./schema.ts";
import type { Endpoint } from "./upstreams/upstream.ts";

const kindOfEndpoint: Record<Endpoint, ModelKind> = {
  "chat/completions": "chat",
  completions: "chat",
  responses: "chat",
  embeddings: "embedding",
  rerank: "rerank",
};

/** A model and how it was chosen. */
export interface FoundModel {
  readonly model: ModelConfig;
  /** What the choice among tiers rests on, for a header; undefined when there was no choice. */
  readonly tier: string | undefined;
}

/**
 * The model a body names, of the kind the endpoint serves. An alias stands for its model; one with two tiers for the
 * lighter or the heavier by what the request looks like.
 *
 * @throws ApiError 400 or 404.
 */
export function findModel(body: JsonObject, endpoint: Endpoint, config: RouterConfig): FoundModel {
  const name = body.model;
  if (typeof name !== "string" || name === "") {
    throw new ApiError(400, { message: "you must provide a model parameter", param: "model" });
  }
  const alias = config.aliases.get(name);
  const decision = alias?.kind === "tiers" ? classifyComplexity(chatViewOf(endpoint, body)) : undefined;
  const chosen = alias?.kind === "tiers" ? alias[decision?.tier ?? "heavy"] : (alias?.model ?? name);
  const model = config.models.get(chosen);
  if (model === undefined) throw modelNotFound(name);
  if (model.kind !== kindOfEndpoint[endpoint]) throw modelNotSupported(name, endpoint);
  return { model, tier: decision === undefined ? undefined : tierHeader(decision) };
}

/** The model exists, but answers elsewhere. */
export function modelNotSupported(name: string, endpoint: Endpoint): ApiError {
  return new ApiError(404, {
    message: `The model \`${name.slice(0, 128)}\` is not served at /v1/${endpoint}.`,
    param: "model",
    code: "model_not_supported",
  });
}

/** OpenAI's answer to an unknown model. */
export function modelNotFound(name: string): ApiError {
  return new ApiError(404, {
    message: `The model \`${name.slice(0, 128)}\` does not exist or you do not have access to it.`,
    param: "model",
    code: "model_not_found",
  });
}
