/** A second request when the first token is late: what it gains in the tail, and what it adds to the load. */
import { closedLoop, median, openLoop, percentile } from "./load.ts";
import { playScene, type SceneRun, type Variant } from "./scene.ts";

const ROUNDS = 3;
const price = "price: { input: 2, cachedInput: 1, output: 8 }";
const REQUESTS = 1_500;
const PER_SECOND = 100;

const targets = (upstreamModel: string) =>
  `targets: [{ upstream: one, upstreamModel: ${upstreamModel} }, { upstream: two, upstreamModel: ${upstreamModel} }]`;

const variants = (upstreamModel: string, choices: readonly (readonly [string, string])[]): Variant[] =>
  choices.map(([name, hedge]) => ({
    name,
    models: `models:\n  - { name: m, kind: chat, policy: weighted, ${price}, ${targets(upstreamModel)}${hedge} }`,
  }));

const bodies = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    model: "m",
    stream: true,
    messages: [{ role: "user", content: `question ${index}` }],
  }));

function row(name: string, all: readonly SceneRun[]): string {
  const over = (read: (run: SceneRun) => number) => median(all.map(read));
  const first = (share: number) =>
    over(({ times }) =>
      percentile(
        times.map(({ firstMs }) => firstMs),
        share,
      ),
    ).toFixed(0);
  const extra = over(({ upstream, second, times }) => (upstream.calls + second.calls) / times.length - 1);
  const micros = over(({ router, times }) => router.processorMicros / times.length);
  return `| ${name} | ${first(0.5)} | ${first(0.95)} | ${first(0.99)} | ${first(0.999)} | ${(100 * extra).toFixed(1)} % | ${micros.toFixed(0)} |`;
}

/** The section of results.md. */
export async function measureHedge(): Promise<string> {
  const choices = [
    ["off", ""],
    ["on, after the 95th percentile", ", hedge: {}"],
    ["on, after 400 ms", ", hedge: { afterMs: 400 }"],
  ] as const;
  const tail = await playScene({
    variants: variants("bench_tail_n10", choices),
    rounds: ROUNDS,
    sockets: 1_000,
    warmUp: (ask) => closedLoop(ask, bodies(300), 60),
    play: (ask) => openLoop(ask, bodies(REQUESTS), PER_SECOND),
  });
  const overloaded = await playScene({
    variants: variants("bench_t1500_n10", [
      ["off", ""],
      ["on, after 400 ms", ", hedge: { afterMs: 400 }"],
    ]),
    rounds: ROUNDS,
    sockets: 1_000,
    play: (ask) => openLoop(ask, bodies(REQUESTS), PER_SECOND),
  });
  const head = `| second requests | first token p50 ms | p95 ms | p99 ms | p99.9 ms | more calls upstream | router CPU µs/request |
|---|---|---|---|---|---|---|`;
  return `${REQUESTS.toLocaleString("en")} streams at ${PER_SECOND} a second over two places whose first token comes log-normally around 150 ms (sigma 0.35) and is twelve times as late in
three of a hundred calls. Medians of ${ROUNDS} rounds.

${head}
${[...tail].map(([name, all]) => row(name, all)).join("\n")}

When every first token takes 1,500 ms, as under overload, the bound of five in a hundred holds (and ten at once after a calm time):

${head}
${[...overloaded].map(([name, all]) => row(name, all)).join("\n")}`;
}
