import { Counter, Gauge, Histogram, Registry } from "prom-client";

// Next bundles this module a second time into its route handlers; both copies must count into one registry.
const holder = globalThis as typeof globalThis & { vouchMetrics?: Registry };

function registry(): Registry {
  holder.vouchMetrics ??= new Registry();
  return holder.vouchMetrics;
}

/** What a metric is called and by which labels it is split; labels must have few values (no ids, no user text). */
export interface MetricOptions<Label extends string> {
  /** `vouch_` first, unit last: `vouch_http_request_duration_seconds`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

/** Upper bounds in seconds that suit requests from half a millisecond to half a minute. */
const DURATION_BUCKETS_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** The counter of that name; made on the first call. */
export function counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label> {
  const existing = registry().getSingleMetric(options.name);
  if (existing !== undefined) return existing as unknown as Counter<Label>;
  return new Counter({
    name: options.name,
    help: options.help,
    labelNames: [...(options.labels ?? [])],
    registers: [registry()],
  });
}

/** The gauge of that name; made on the first call. */
export function gauge<Label extends string = never>(options: MetricOptions<Label>): Gauge<Label> {
  const existing = registry().getSingleMetric(options.name);
  if (existing !== undefined) return existing as unknown as Gauge<Label>;
  return new Gauge({
    name: options.name,
    help: options.help,
    labelNames: [...(options.labels ?? [])],
    registers: [registry()],
  });
}

/** The histogram of that name; made on the first call. Without `buckets` it fits durations in seconds. */
export function histogram<Label extends string = never>(
  options: MetricOptions<Label> & { readonly buckets?: readonly number[] },
): Histogram<Label> {
  const existing = registry().getSingleMetric(options.name);
  if (existing !== undefined) return existing as unknown as Histogram<Label>;
  return new Histogram({
    name: options.name,
    help: options.help,
    labelNames: [...(options.labels ?? [])],
    buckets: [...(options.buckets ?? DURATION_BUCKETS_SECONDS)],
    registers: [registry()],
  });
}

/** All metrics of this process in the Prometheus text format, with its content type. */
export async function metricsText(): Promise<{ contentType: string; text: string }> {
  return { contentType: registry().contentType, text: await registry().metrics() };
}
