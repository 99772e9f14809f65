import { Counter, type Family, Gauge, Histogram } from "./metric-families.ts";

// Next bundles this module a second time into its route handlers; both copies must count into one registry.
const holder = globalThis as typeof globalThis & { vouchMetrics?: Map<string, Family> };

function registry(): Map<string, Family> {
  holder.vouchMetrics ??= new Map();
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

function registered<Kind extends Family>(name: string, make: () => Kind): Kind {
  const existing = registry().get(name);
  // A copy of this module has classes of its own, so the kind is told by name.
  if (existing !== undefined) return existing as Kind;
  const made = make();
  registry().set(name, made);
  return made;
}

/** The counter of that name; made on the first call. */
export function counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label> {
  return registered(options.name, () => new Counter(options.name, options.help, options.labels ?? []));
}

/** The gauge of that name; made on the first call. */
export function gauge<Label extends string = never>(options: MetricOptions<Label>): Gauge<Label> {
  return registered(options.name, () => new Gauge(options.name, options.help, options.labels ?? []));
}

/** The histogram of that name; made on the first call. Without `buckets` it fits durations in seconds. */
export function histogram<Label extends string = never>(
  options: MetricOptions<Label> & { readonly buckets?: readonly number[] },
): Histogram<Label> {
  const buckets = options.buckets ?? DURATION_BUCKETS_SECONDS;
  return registered(
    options.name,
    () => new Histogram(options.name, options.help, options.labels ?? [], buckets),
  );
}

/** All metrics of this process in the Prometheus text format, with its content type. */
export async function metricsText(): Promise<{ contentType: string; text: string }> {
  const families = [...registry().values()].map((family) => family.text());
  return { contentType: "text/plain; version=0.0.4; charset=utf-8", text: families.join("\n") };
}
