import { z } from "zod";
import { startTestHttpServer, type TestHttpServer } from "../upstreams/health/test-http-server.ts";

const valueSchema = z.looseObject({});
const attributesSchema = z.array(z.object({ key: z.string(), value: valueSchema }));
const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  attributes: attributesSchema,
  events: z.array(z.object({ name: z.string() })).default([]),
  status: z.object({ code: z.number().default(0), message: z.string().optional() }),
});
const exportSchema = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
});

/** A span as a collector gets it. */
export type ExportedSpan = z.infer<typeof spanSchema>;

/** Starts a collector of OTLP over HTTP; for tests. */
export function startTestCollector(): Promise<TestHttpServer> {
  return startTestHttpServer((_, response) =>
    response.setHeader("content-type", "application/json").end("{}"),
  );
}

/** The spans a collector has got. */
export function spansOf(collector: TestHttpServer): ExportedSpan[] {
  return collector.seen.flatMap(({ body }) =>
    exportSchema
      .parse(JSON.parse(body))
      .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
}

/** Attributes of a span as plain values. */
export function attributesOf(span: ExportedSpan | undefined): Record<string, unknown> {
  const plain = (value: Record<string, unknown>): unknown => {
    const list = z.object({ arrayValue: z.object({ values: z.array(valueSchema) }) }).safeParse(value);
    return list.success ? list.data.arrayValue.values.map(plain) : Object.values(value)[0];
  };
  return Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, plain(value)]));
}
