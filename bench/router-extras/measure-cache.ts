/** The answer cache: what repeated prompts gain, and what it costs when no prompt ever comes again. */
import { closedLoop, createRandom, median, percentile } from "./load.ts";
import { playScene, type SceneRun, type Variant } from "./scene.ts";

const ROUNDS = 3;
const PROMPTS = 2_000;
const REQUESTS = 3_000;
/** Many short rounds in turns: other work on the machine then meets both variants alike. */
const COST_ROUNDS = 14;
const price = "price: { input: 2, cachedInput: 1, output: 8 }";

const variants = (upstreamModel: string): Variant[] => [
  {
    name: "off",
    models: `models:\n  - { name: m, kind: chat, upstream: one, upstreamModel: ${upstreamModel}, ${price} }`,
  },
  {
    name: "on",
    models: `models:\n  - { name: m, kind: chat, upstream: one, upstreamModel: ${upstreamModel}, ${price}, cache: { ttlSeconds: 600 } }`,
  },
];

/** Ranks by Zipf's law with exponent 1: the first prompt comes twice as often as the second. */
function zipfRanks(count: number, seed: number): number[] {
  const random = createRandom(seed);
  const sums: number[] = [];
  for (let rank = 1; rank <= PROMPTS; rank += 1) sums.push((sums.at(-1) ?? 0) + 1 / rank);
  const total = sums.at(-1) ?? 1;
  return Array.from({ length: count }, () => {
    const drawn = random() * total;
    return sums.findIndex((sum) => sum >= drawn);
  });
}

const filler = "The pump in hall two was replaced in May after the bearings had failed. ";

const bodyOf = (text: string, isStream: boolean) => ({
  model: "m",
  temperature: 0,
  stream: isStream,
  messages: [
    { role: "system", content: "You answer in one sentence." },
    { role: "user", content: text },
  ],
});

const microsPer = ({ router, times }: SceneRun) => router.processorMicros / times.length;

async function measureGain(): Promise<string> {
  const runs = await playScene({
    variants: variants("bench_t300_n40"),
    rounds: ROUNDS,
    sockets: 64,
    play: (ask, round) =>
      closedLoop(
        ask,
        zipfRanks(REQUESTS, round + 1).map((rank) =>
          bodyOf(`round ${round}, question ${rank}: ${filler}`, rank % 2 === 0),
        ),
        64,
      ),
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
    const hits = over(({ times }) => times.filter(({ cache }) => cache === "hit").length / times.length);
    const shared = over(({ times }) => times.filter(({ cache }) => cache === "shared").length / times.length);
    return `| ${name} | ${(100 * hits).toFixed(1)} % | ${(100 * shared).toFixed(1)} % | ${over(({ upstream }) => upstream.calls)} | ${total(0.5)} | ${total(0.95)} | ${over(microsPer).toFixed(0)} | ${(over(({ router }) => router.costMicros) / 1e6).toFixed(3)} |`;
  });
  return `| cache | hits | shared | calls upstream | p50 ms | p95 ms | router CPU µs/request | cost |
|---|---|---|---|---|---|---|---|
${rows.join("\n")}`;
}

/** Every prompt is new: nothing is ever found, everything is stored. */
async function measureCost(
  kind: string,
  characters: number,
  isStream: boolean,
  tokens: number,
  requests: number,
) {
  const text = filler.repeat(Math.ceil(characters / filler.length)).slice(0, characters);
  const runs = await playScene({
    variants: variants(`bench_n${tokens}`),
    rounds: COST_ROUNDS,
    sockets: 32,
    warmUp: (ask) =>
      closedLoop(
        ask,
        Array.from({ length: 1_000 }, (_, index) => bodyOf(`warm ${index} ${text}`, isStream)),
        32,
      ),
    play: (ask, round) =>
      closedLoop(
        ask,
        Array.from({ length: requests }, (_, index) => bodyOf(`${round} ${index} ${text}`, isStream)),
        32,
      ),
  });
  const [off = [], on = []] = ["off", "on"].map((name) => (runs.get(name) ?? []).map(microsPer));
  const differences = on.map((value, round) => value - (off[round] ?? Number.NaN));
  const spread = [0.25, 0.75].map((share) => percentile(differences, share).toFixed(0)).join(" to ");
  return `| ${kind} | ${median(off).toFixed(0)} | ${median(on).toFixed(0)} | ${median(differences).toFixed(0)} (${spread}) |`;
}

/** The section of results.md. */
export async function measureCache(): Promise<string> {
  const gain = await measureGain();
  const costs = [
    await measureCost("200 characters, whole answer of 40 tokens", 200, false, 40, 1_000),
    await measureCost("8,000 characters, whole answer of 40 tokens", 8_000, false, 40, 800),
    await measureCost("200 characters, stream of 100 tokens", 200, true, 100, 400),
  ];
  return `${REQUESTS.toLocaleString("en")} requests at temperature 0 by 64 clients, half of the prompts as streams, over ${PROMPTS.toLocaleString("en")} prompts whose frequency falls by
Zipf's law; the cache is empty at the start of each round; the upstream takes 300 ms. Medians of ${ROUNDS} rounds.

${gain}

The same with prompts that never come again (32 clients, upstream without delay, medians of ${COST_ROUNDS} short rounds): what the cache costs when it
never hits, in processor time of the router, with key, search and storing; the difference within a round with its quartiles.

| requests | off, µs | on, µs | added, µs |
|---|---|---|---|
${costs.join("\n")}`;
}
