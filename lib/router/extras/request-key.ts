import { hash } from "node:crypto";
import { isHttpUpstream, type ModelConfig, type UpstreamConfig } from "../config/router-config.ts";
import type { JsonObject } from "../http/read-json-body.ts";
import type { Endpoint } from "../upstreams/upstream.ts";
import type { CacheScope } from "./cache-scope.ts";
import { canonicalJson } from "./canonical-json.ts";

/** Longer requests are not worth a key: hashing them would hold everybody up. */
const MAX_KEYED_CHARACTERS = 512 * 1024;

/**
 * Fields that do not change the answer. `stream` and `stream_options` only change its form: one stored answer serves
 * both. `user` and `safety_identifier` are in the scope. `metadata` is for the client's own books. The rest steers an
 * upstream's own prompt cache. Everything else counts, unknown fields too, and so do fields that name a default: what
 * the default is, is the upstream's business.
 */
const IGNORED_FIELDS: ReadonlySet<string> = new Set([
  "model",
  "stream",
  "stream_options",
  "user",
  "safety_identifier",
  "metadata",
  "prompt_cache_key",
  "prompt_cache_retention",
]);

/** What makes two requests the same. */
export interface KeyedRequest {
  readonly scope: CacheScope;
  readonly endpoint: Endpoint;
  /** The model after aliases and tiers. */
  readonly model: ModelConfig;
  readonly body: JsonObject;
}

/**
 * SHA-256 over scope, endpoint, model with the places that serve it, and the normalised request (keys sorted, fields
 * that are null at the top level left out, since null means absent there). Base64url, 43 characters.
 *
 * @returns undefined when the request is too long or too deep to be keyed.
 */
export function requestKey({ scope, endpoint, model, body }: KeyedRequest): string | undefined {
  const counted = Object.entries(body).filter(([name, value]) => value !== null && !IGNORED_FIELDS.has(name));
  const text = canonicalJson(
    counted.sort(([left], [right]) => (left < right ? -1 : 1)),
    MAX_KEYED_CHARACTERS,
  );
  if (text === undefined) return undefined;
  const head = JSON.stringify([scope.orgId, scope.data, endpoint, model.name, placesOf(model)]);
  return hash("sha256", `${head}\n${text}`, "base64url");
}

function placeOf(upstream: UpstreamConfig, upstreamModel: string): string {
  if (upstream.kind === "onnx") return JSON.stringify({ ...upstream.models[upstreamModel], place: "" });
  return isHttpUpstream(upstream) ? upstream.baseUrl : "";
}

const places = new WeakMap<ModelConfig, string>();

/** A model that is served elsewhere after a change of the configuration is another model. */
function placesOf(model: ModelConfig): string {
  const known = places.get(model);
  if (known !== undefined) return known;
  const written = JSON.stringify(
    model.targets.map(({ upstream, upstreamModel }) => [
      upstream.kind,
      placeOf(upstream, upstreamModel),
      upstreamModel,
    ]),
  );
  places.set(model, written);
  return written;
}
