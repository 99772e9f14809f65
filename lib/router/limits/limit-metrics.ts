import { counter, gauge } from "../../platform/metrics.ts";

function createLimitMetrics() {
  return {
    calls: counter({
      name: "vouch_router_limit_calls_total",
      help: "Calls for shares of limits, by outcome.",
      labels: ["outcome"],
    }),
    refusals: counter({
      name: "vouch_router_limit_refusals_total",
      help: "Requests refused by a limit, by subject and limit.",
      labels: ["subject", "limit"],
    }),
    alone: gauge({
      name: "vouch_router_limits_alone",
      help: "1 while the shared counters cannot be reached and this process counts by itself.",
    }),
    decidedAlone: counter({
      name: "vouch_router_limit_decided_alone_total",
      help: "Requests decided without the shared counters, by decision.",
      labels: ["decision"],
    }),
    timedOut: counter({
      name: "vouch_router_limit_reservations_timed_out_total",
      help: "Reservations given back because their request never ended them.",
    }),
  };
}

let metrics: ReturnType<typeof createLimitMetrics> | undefined;

/** Metrics of the limiter; made on first use. */
export function limitMetrics(): ReturnType<typeof createLimitMetrics> {
  metrics ??= createLimitMetrics();
  return metrics;
}
