import type { Shape, UpstreamPlan } from "./load/load-plan.ts";

/** One kind of load. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly shape: Shape;
  readonly upstream: UpstreamPlan;
  readonly warmUpMs: number;
}

/** The loads of the main run. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "closed64",
    title: "64 connections kept open, each asks again at once; the upstream answers at once, not streamed",
    shape: { kind: "closed", connections: 64 },
    upstream: { firstMs: 0, intervalMs: 0, tokens: 1 },
    warmUpMs: 5000,
  },
  {
    name: "open200",
    title: "200 requests/s whether or not those before are answered; the upstream takes 5 ms, not streamed",
    shape: { kind: "open", perSecond: 200 },
    upstream: { firstMs: 5, intervalMs: 0, tokens: 1 },
    warmUpMs: 5000,
  },
  {
    name: "s500",
    title:
      "500 streams of 100 tokens, first token after 200 ms, then one every 20 ms (25,000 tokens/s offered)",
    shape: { kind: "streams", streams: 500, rampMs: 3000 },
    upstream: { firstMs: 200, intervalMs: 20, tokens: 100 },
    warmUpMs: 1500,
  },
  {
    name: "s2000",
    title:
      "2,000 streams of 20 tokens, first token after 200 ms, then one every 200 ms (10,000 tokens/s offered)",
    shape: { kind: "streams", streams: 2000, rampMs: 4000 },
    upstream: { firstMs: 200, intervalMs: 200, tokens: 20 },
    warmUpMs: 1500,
  },
];
