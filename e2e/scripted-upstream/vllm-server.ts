import type { ServerResponse } from "node:http";
import { sendJson } from "./send-json.ts";

/** A model as `/v1/models` lists it; one with a parent is a LoRA adapter. */
export interface ListedModel {
  readonly id: string;
  readonly parent?: string;
}

/** What a vLLM server says of itself; tests change it. */
export interface VllmState {
  /** Requests in the running batch; undefined: the calls really under way. */
  running: number | undefined;
  waiting: number;
  /** Share (0 to 1) of the cache for keys and values that is taken. */
  cacheUse: number;
  prefixCacheHits: number;
  prefixCacheQueries: number;
  isHealthy: boolean;
  models: readonly ListedModel[];
}

/** A healthy, idle server. */
export function idleVllm(): VllmState {
  return {
    running: undefined,
    waiting: 0,
    cacheUse: 0,
    prefixCacheHits: 0,
    prefixCacheQueries: 0,
    isHealthy: true,
    models: [{ id: "scripted-chat" }],
  };
}

/** Answers `/health`, `/metrics` and `/v1/models`. Returns true when the path was one of them. */
export function answerVllm(
  path: string,
  response: ServerResponse,
  state: VllmState,
  callsUnderWay: number,
): boolean {
  switch (path) {
    case "/health":
      response.writeHead(state.isHealthy ? 200 : 503).end();
      return true;
    case "/metrics":
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
      response.end(metricsOf(state, callsUnderWay));
      return true;
    case "/v1/models":
      sendJson(response, 200, { object: "list", data: state.models.map(describe) });
      return true;
    default:
      return false;
  }
}

function describe({ id, parent }: ListedModel) {
  return {
    id,
    object: "model",
    created: 0,
    owned_by: "scripted",
    root: parent ?? id,
    parent: parent ?? null,
  };
}

/** The lines of vLLM's engine, under the names of its first version and after. */
function metricsOf(state: VllmState, callsUnderWay: number): string {
  const labels = `{engine="0",model_name="${state.models[0]?.id ?? "scripted-chat"}"}`;
  const running = state.running ?? callsUnderWay;
  const rows: [name: string, kind: "gauge" | "counter", help: string, value: number][] = [
    ["vllm:num_requests_running", "gauge", "Number of requests in model execution batches.", running],
    ["vllm:num_requests_waiting", "gauge", "Number of requests waiting to be processed.", state.waiting],
    ["vllm:kv_cache_usage_perc", "gauge", "KV-cache usage. 1 means 100 percent usage.", state.cacheUse],
    ["vllm:prefix_cache_queries_total", "counter", "Prefix cache queries.", state.prefixCacheQueries],
    ["vllm:prefix_cache_hits_total", "counter", "Prefix cache hits.", state.prefixCacheHits],
  ];
  const lines = rows.flatMap(([name, kind, help, value]) => {
    const family = name.replace(/_total$/, "");
    return [`# HELP ${family} ${help}`, `# TYPE ${family} ${kind}`, `${name}${labels} ${value.toFixed(6)}`];
  });
  return `${lines.join("\n")}\n`;
}
