import { counter, gauge, histogram } from "../platform/metrics.ts";

const GAP_SECONDS = [0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.2, 0.35, 0.5, 1, 2, 5, 10, 30];
const TOKENS = [16, 64, 256, 1_000, 4_000, 16_000, 64_000, 256_000];
const COST_MICROS = [10, 100, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 10_000_000];
const FIRST_TOKEN_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 60];

/** What attempts look like one by one. */
function createAttemptHistograms() {
  return {
    firstToken: histogram({
      name: "vouch_router_first_token_seconds",
      help: "Time from the call upstream to the first real output of a stream.",
      labels: ["model", "upstream"],
      buckets: FIRST_TOKEN_SECONDS,
    }),
    gaps: histogram({
      name: "vouch_router_token_gap_seconds",
      help: "Time between pieces of output of a stream, as they arrive from the upstream.",
      labels: ["model", "upstream"],
      buckets: GAP_SECONDS,
    }),
    errors: counter({
      name: "vouch_router_upstream_errors_total",
      help: "Attempts that failed or broke off, by model, upstream and what went wrong.",
      labels: ["model", "upstream", "class"],
    }),
    attemptTokens: histogram({
      name: "vouch_router_attempt_tokens",
      help: "Tokens of one attempt by model, upstream and kind (prompt with its cached part, completion).",
      labels: ["model", "upstream", "kind"],
      buckets: TOKENS,
    }),
    attemptCost: histogram({
      name: "vouch_router_attempt_cost_micros",
      help: "Cost of one attempt in millionths of the price table's currency, where the price is known.",
      labels: ["model", "upstream"],
      buckets: COST_MICROS,
    }),
  };
}

function createRouterMetrics() {
  return {
    ...createAttemptHistograms(),
    attempts: counter({
      name: "vouch_router_attempts_total",
      help: "Attempts at upstreams by model, upstream and how they ended.",
      labels: ["model", "upstream", "outcome"],
    }),
    refusals: counter({
      name: "vouch_router_refusals_total",
      help: "Requests answered with an error before any upstream was asked, by status.",
      labels: ["status"],
    }),
    overhead: histogram({
      name: "vouch_router_overhead_seconds",
      help: "Time the router itself took from a request's arrival to its call upstream, without the wait for the body.",
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
    }),
    tokens: counter({
      name: "vouch_router_tokens_total",
      help: "Tokens by model, upstream and kind (prompt, cached, completion).",
      labels: ["model", "upstream", "kind"],
    }),
    costMicros: counter({
      name: "vouch_router_cost_micros_total",
      help: "Cost in millionths of the price table's currency, by model and upstream.",
      labels: ["model", "upstream"],
    }),
    unpriced: counter({
      name: "vouch_router_unpriced_attempts_total",
      help: "Attempts whose model has no price: their cost is unknown. Any increase wants a price in vouch.yaml.",
      labels: ["model", "upstream"],
    }),
    droppedEvents: counter({
      name: "vouch_router_dropped_events_total",
      help: "Stream events that were no JSON object and were left out, by upstream.",
      labels: ["upstream"],
    }),
    truncatedTexts: counter({
      name: "vouch_router_truncated_texts_total",
      help: "Texts of which a local model read only the beginning, by upstream and model.",
      labels: ["upstream", "model"],
    }),
    inFlight: gauge({ name: "vouch_router_in_flight_requests", help: "Model requests being answered now." }),
    usageWriteFailures: counter({
      name: "vouch_router_usage_write_failures_total",
      help: "Writes of usage rows that failed and are tried again.",
    }),
    usageDropped: counter({
      name: "vouch_router_usage_dropped_total",
      help: "Usage rows lost, by reason.",
      labels: ["reason"],
    }),
  };
}

let metrics: ReturnType<typeof createRouterMetrics> | undefined;

/** The router's metrics; made on first use. */
export function routerMetrics(): ReturnType<typeof createRouterMetrics> {
  metrics ??= createRouterMetrics();
  return metrics;
}
