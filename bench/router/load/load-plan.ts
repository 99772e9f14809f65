/** Where requests go. */
export interface Address {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the mock upstream is told to do. */
export interface UpstreamPlan {
  /** Before the first token, or before a whole answer. */
  readonly firstMs: number;
  readonly intervalMs: number;
  readonly tokens: number;
  /** Under which number the upstream notes when the connection closed; 0 not at all. */
  readonly key?: number;
}

/** How load is made. */
export type Shape =
  /** Each connection asks again as soon as it has its answer. */
  | { readonly kind: "closed"; readonly connections: number }
  /** Requests begin at a constant rate, whether or not those before are answered. */
  | { readonly kind: "open"; readonly perSecond: number }
  /** So many streams at once; each begins anew when it ends. */
  | { readonly kind: "streams"; readonly streams: number; readonly rampMs: number };

/** One run of the generator. */
export interface LoadPlan {
  readonly address: Address;
  readonly shape: Shape;
  readonly upstream: UpstreamPlan;
  /** Calls made one after the other before the load begins: connections, caches and compiled code are there then. */
  readonly firstCalls?: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Processes whose processor time is taken over the measured window, by name. */
  readonly processes: Readonly<Record<string, readonly number[]>>;
}

/** Figures of one run; times in milliseconds. A figure the shape does not have is absent. */
export interface LoadFigures {
  readonly seconds: number;
  /** Requests or streams that ended whole in the window. */
  readonly answers: number;
  /** Those of the whole run, warm-up included. */
  readonly answersInAll: number;
  readonly latency?: { readonly p50: number; readonly p99: number };
  readonly tokens?: number;
  readonly firstToken?: { readonly p50: number; readonly p99: number };
  readonly transit?: { readonly p50: number; readonly p99: number };
  readonly gapDeviation?: number;
  /** Of closed loops: when the first and the last good answer came, on the machine's monotonic clock. */
  readonly answeredMicros?: { readonly first: number; readonly last: number };
  /** Errors of the whole run by their kind. */
  readonly errors: Readonly<Record<string, number>>;
  /** Processor seconds in the window, by the names of the plan. */
  readonly processorSeconds: Readonly<Record<string, number>>;
}

/** A whole request as it goes over the wire. */
export function requestText(
  { path, headers }: Address,
  { firstMs, intervalMs, tokens, key = 0 }: UpstreamPlan,
  isStream: boolean,
): string {
  const body = JSON.stringify({
    model: "bench",
    messages: [
      { role: "system", content: "You answer in one short sentence, in the language of the question." },
      { role: "user", content: `What time is it? bench f${firstMs} i${intervalMs} n${tokens} k${key}` },
    ],
    temperature: 0.7,
    max_tokens: 256,
    ...(isStream ? { stream: true } : {}),
  });
  const lines = Object.entries({
    host: "127.0.0.1",
    "content-type": "application/json",
    "content-length": String(body.length),
    accept: isStream ? "text/event-stream" : "application/json",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}
