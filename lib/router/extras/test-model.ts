import { DEFAULT_TIMEOUTS, type ModelConfig } from "../config/router-config.ts";

/** A chat model at one address, for tests and benchmarks. */
export function modelOf(
  name: string,
  baseUrl = "http://127.0.0.1:1/v1",
  more: Partial<ModelConfig> = {},
): ModelConfig {
  return {
    name,
    label: name,
    kind: "chat",
    targets: [
      {
        upstream: {
          name: "there",
          kind: "openai",
          baseUrl,
          apiKey: undefined,
          apiVersion: undefined,
          streamUsage: true,
          responses: "native",
          completions: "native",
          metricsIntervalMs: 0,
          timeouts: DEFAULT_TIMEOUTS,
        },
        upstreamModel: name,
        weight: 1,
        price: undefined,
      },
    ],
    policy: "latency",
    fallbacks: [],
    contentFilterFallback: undefined,
    continuation: true,
    hedge: undefined,
    shadow: undefined,
    cache: undefined,
    ...more,
  };
}
