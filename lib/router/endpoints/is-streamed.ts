import type { JsonObject } from "../http/read-json-body.ts";
import type { Endpoint } from "../upstreams/upstream.ts";

/** True for a request whose answer is streamed; endpoints that do not stream pass over the wish. */
export function isStreamed(endpoint: Endpoint, body: JsonObject): boolean {
  return body.stream === true && endpoint !== "embeddings" && endpoint !== "rerank";
}
