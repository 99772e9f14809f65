import { type Environment, environment } from "../../platform/env.ts";
import type { RouterTracer } from "./request-trace.ts";

/** The values of the environment that decide about tracing. */
export type TracingEnvironment = Pick<
  Environment,
  "OTEL_EXPORTER_OTLP_ENDPOINT" | "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" | "OTEL_TRACES_SAMPLER_ARG" | "version"
>;

/**
 * The tracer the environment asks for; undefined, and nothing of OpenTelemetry loaded, when it names no collector.
 * The exporter reads its further settings itself: `OTEL_EXPORTER_OTLP_HEADERS`, `_COMPRESSION`, certificates.
 */
export async function loadTracer(
  settings: TracingEnvironment = environment(),
): Promise<RouterTracer | undefined> {
  const url = tracesUrl(settings);
  if (url === undefined) return undefined;
  const { createOtelTracer } = await import("./otel-tracer.ts");
  return createOtelTracer({
    url,
    sampleShare: settings.OTEL_TRACES_SAMPLER_ARG,
    version: settings.version,
  });
}

/** The address for traces is used as it stands, the common one gets their path (OTLP exporter specification). */
function tracesUrl(settings: TracingEnvironment): string | undefined {
  const common = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  return (
    settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ??
    (common === undefined ? undefined : `${common.replace(/\/+$/, "")}/v1/traces`)
  );
}
