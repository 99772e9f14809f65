/** Equal requests at the same moment: one call upstream, or one for each. */
import { median, percentile } from "./load.ts";
import { playScene, type SceneRun } from "./scene.ts";

const ROUNDS = 3;
const HERDS = 10;
const HERD = 50;
const model =
  "upstream: one, upstreamModel: bench_slots_t200_n40, price: { input: 2, cachedInput: 1, output: 8 }";

/** The section of results.md. */
export async function measureSharing(): Promise<string> {
  const runs = await playScene({
    variants: [
      { name: "off", models: `models:\n  - { name: m, kind: chat, ${model} }` },
      { name: "on", models: `models:\n  - { name: m, kind: chat, ${model}, cache: { ttlSeconds: 1 } }` },
    ],
    rounds: ROUNDS,
    sockets: HERD,
    play: async (ask, round) => {
      const times = [];
      for (let herd = 0; herd < HERDS; herd += 1) {
        const body = {
          model: "m",
          temperature: 0,
          messages: [{ role: "user", content: `${round} ${herd}: when?` }],
        };
        times.push(...(await Promise.all(Array.from({ length: HERD }, () => ask(body)))));
      }
      return times;
    },
  });
  const rows = [...runs].map(([name, all]) => {
    const over = (read: (run: SceneRun) => number) => median(all.map(read));
    const total = (share: number) =>
      over(({ times }) =>
        percentile(
          times.map(({ totalMs }) => totalMs),
          share,
        ),
      ).toFixed(0);
    const cost = over(({ router }) => router.costMicros) / 1e6;
    const micros = over(({ router, times }) => router.processorMicros / times.length);
    return `| ${name} | ${over(({ upstream }) => upstream.calls)} | ${over(({ upstream }) => upstream.mostAtOnce)} | ${total(0.5)} | ${total(0.99)} | ${cost.toFixed(4)} | ${micros.toFixed(0)} |`;
  });
  return `${HERDS} times ${HERD} equal requests at once, not streamed, an upstream of 200 ms that answers sixteen at a time. A hit of the cache cannot help: there is no
answer yet when they arrive. Medians of ${ROUNDS} rounds of ${HERDS * HERD} requests.

| sharing | calls upstream | most at once | p50 ms | p99 ms | cost | router CPU µs/request |
|---|---|---|---|---|---|---|
${rows.join("\n")}`;
}
