import type { Principal } from "../../identity/schema.ts";
import type { ModelConfig } from "../config/router-config.ts";
import { ApiError } from "../http/api-error.ts";
import type { JsonObject } from "../http/read-json-body.ts";
import type { Endpoint } from "../upstreams/upstream.ts";
import { answerKey } from "./answer-key.ts";
import { cacheScope } from "./cache-scope.ts";
import { requestKey } from "./request-key.ts";

/** What a client may say in `x-vouch-cache`, alone or several with commas. */
const DIRECTIVES = ["allow", "no-store", "refresh"] as const;
type CacheDirective = (typeof DIRECTIVES)[number];

/** For a client that allows the cache on a model without one in `vouch.yaml`. */
const DEFAULT_TTL_SECONDS = 300;

/**
 * Fields that make a call more than its text: tools may act, stored and searched answers depend on what lies outside
 * the request, sound is not text.
 */
const ACTING_FIELDS = ["tools", "functions", "web_search_options", "audio", "previous_response_id"] as const;

/** How one request may use answers of others, and give its own. */
export interface ReusePlan {
  /** Undefined: neither read, stored nor shared. */
  readonly key: string | undefined;
  /** False when the client wants a fresh answer. */
  readonly mayRead: boolean;
  readonly ttlMs: number;
}

/** What a plan is made of. */
export interface ReuseQuestion {
  readonly caller: Pick<Principal, "orgId" | "userId" | "via">;
  readonly endpoint: Endpoint;
  /** The model after aliases and tiers. */
  readonly model: ModelConfig;
  readonly body: JsonObject;
  /** The request's header `x-vouch-cache`. */
  readonly header: string | undefined;
  /** The organisation's epoch; answers from before a removal have another. Undefined when it is not known. */
  readonly epoch: number | undefined;
}

const noReuse: ReusePlan = { key: undefined, mayRead: false, ttlMs: 0 };

/**
 * Decides whether a request may be answered from memory, and whether equal requests that run at the same time may share
 * one answer: the rule is the same. A request qualifies when its model has a cache in `vouch.yaml` and it asks for no
 * randomness (temperature 0; embeddings and rerankings never do), or when the client allows it by header, at any
 * temperature. Requests that ask twice with a temperature above 0 want two samples, so without the header they get two.
 *
 * @throws ApiError 400 when the header holds something unknown: a misspelt `no-store` must not be stored.
 */
export function planReuse({ caller, endpoint, model, body, header, epoch }: ReuseQuestion): ReusePlan {
  const directives = readDirectives(header);
  const isAllowed = directives.includes("allow");
  if (directives.includes("no-store")) return noReuse;
  if (!isAllowed && (model.cache === undefined || !isDeterministic(endpoint, body))) return noReuse;
  if (epoch === undefined || endpoint === "responses" || mayAct(body)) return noReuse;
  // The answer cache replays chats only, and upstreams without text completions are asked for a chat.
  if (endpoint === "completions" && body.stream === true) return noReuse;
  const hash = requestKey({ scope: cacheScope(caller, body), endpoint, model, body });
  if (hash === undefined) return noReuse;
  const ttlMs = (model.cache?.ttlSeconds ?? DEFAULT_TTL_SECONDS) * 1000;
  return { key: answerKey(caller.orgId, epoch, hash), mayRead: !directives.includes("refresh"), ttlMs };
}

function readDirectives(header: string | undefined): readonly CacheDirective[] {
  if (header === undefined || header.trim() === "") return [];
  return header.split(",").map((written) => {
    const name = written.trim().toLowerCase();
    const known = DIRECTIVES.find((directive) => directive === name);
    if (known !== undefined) return known;
    throw new ApiError(400, {
      message: `x-vouch-cache: "${name.slice(0, 40)}" is unknown; known: ${DIRECTIVES.join(", ")}.`,
      param: "x-vouch-cache",
      code: "invalid_header",
    });
  });
}

function isDeterministic(endpoint: Endpoint, body: JsonObject): boolean {
  return endpoint === "embeddings" || endpoint === "rerank" || body.temperature === 0;
}

function mayAct(body: JsonObject): boolean {
  if (body.store === true || Array.isArray(body.modalities)) return true;
  return ACTING_FIELDS.some((field) => body[field] !== undefined && body[field] !== null);
}
