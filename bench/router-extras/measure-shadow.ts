/** Copies to a shadow model: what the real answers notice of them. */
import { median, openLoop, percentile } from "./load.ts";
import { playScene, type SceneRun } from "./scene.ts";

const ROUNDS = 3;
const REQUESTS = 600;
const PER_SECOND = 60;
const price = "price: { input: 2, cachedInput: 1, output: 8 }";

const models = (shadow: string) => `models:
  - { name: m, kind: chat, upstream: one, upstreamModel: bench_t50_n20, ${price}${shadow} }
  - { name: good, kind: chat, upstream: two, upstreamModel: bench_t100_n20, ${price} }
  - { name: stuck, kind: chat, upstream: two, upstreamModel: bench_t600000_n20, ${price} }`;

/** The section of results.md. */
export async function measureShadow(): Promise<string> {
  const runs = await playScene({
    variants: [
      { name: "off", models: models("") },
      { name: "a tenth", models: models(", shadow: { model: good, share: 0.1 }") },
      { name: "all, to a model that never answers", models: models(", shadow: { model: stuck, share: 1 }") },
    ],
    rounds: ROUNDS,
    sockets: 500,
    warmUp: (ask) => openLoop(ask, bodies(200), PER_SECOND),
    play: (ask) => openLoop(ask, bodies(REQUESTS), PER_SECOND),
  });
  const rows = [...runs].map(([name, all]) => {
    const over = (read: (run: SceneRun) => number) => median(all.map(read));
    const total = (share: number) =>
      over(({ times }) =>
        percentile(
          times.map(({ totalMs }) => totalMs),
          share,
        ),
      ).toFixed(1);
    const micros = over(({ router, times }) => router.processorMicros / times.length);
    return `| ${name} | ${over(({ second }) => second.calls)} | ${total(0.5)} | ${total(0.99)} | ${micros.toFixed(0)} |`;
  });
  return `${REQUESTS.toLocaleString("en")} streams at ${PER_SECOND} a second, upstream 50 ms. Medians of ${ROUNDS} rounds. With a model that never answers eight copies wait and the rest are left out.

| copies | calls of the shadow model | real answers p50 ms | p99 ms | router CPU µs/request |
|---|---|---|---|---|
${rows.join("\n")}`;
}

const bodies = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    model: "m",
    stream: true,
    messages: [{ role: "user", content: `question ${index}` }],
  }));
