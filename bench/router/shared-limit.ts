import { provideRedisServer } from "../../scripts/provide-redis.ts";
import type { Bar } from "./bars.ts";
import { type BenchProcess, startBenchProcess } from "./bench-process.ts";
import type { LoadFigures, LoadPlan } from "./load/load-plan.ts";
import type { SectionResult } from "./report.ts";
import { spreadOf } from "./samples.ts";
import { CHAT_PATH } from "./targets/target.ts";
import { openVouchProgram, type VouchProgram } from "./targets/vouch-program.ts";

/** Requests a minute that the key may make, over both routers together. */
const LIMIT = 4000;
const CONNECTIONS_EACH = 32;
/** Long enough to use the limit up and to be refused for a while; a good deal shorter than the limit's minute. */
const LOAD_MS = 10_000;

/** Least requests/s until the limit is used up, by where the counters are. */
const AIMS = { "embedded database": 400, Redis: 1000 } as const;
type Place = keyof typeof AIMS;

/** What one round gave. */
interface LimitRound {
  readonly admitted: number;
  readonly refused: number;
  /** Of those let through: decided without the shared counters, which did not answer in time. */
  readonly alone: number;
  readonly perSecond: number;
  readonly errors: readonly string[];
}

/** Two routers with one limit between them, asked for more than it allows. */
export async function measureSharedLimit(upstreamPort: number, rounds: number): Promise<SectionResult> {
  const results = new Map<Place, LimitRound[]>();
  const program = await openVouchProgram();
  try {
    let key = 0;
    for (let round = 1; round <= rounds; round += 1) {
      for (const place of provideRedisServer()
        ? (["embedded database", "Redis"] as const)
        : (["embedded database"] as const)) {
        key += 1;
        const result = await runRound(program, { upstreamPort, place, key: program.keys[key] ?? "" });
        results.set(place, [...(results.get(place) ?? []), result]);
        console.log(`round ${round} limit ${place}: ${JSON.stringify(result)}`);
      }
    }
  } finally {
    await program.close();
  }
  return {
    section: describeRounds(results),
    bars: [...results].flatMap(([place, all]) => checkRounds(place, all)),
  };
}

async function runRound(
  program: VouchProgram,
  {
    upstreamPort,
    place,
    key,
  }: { readonly upstreamPort: number; readonly place: Place; readonly key: string },
): Promise<LimitRound> {
  const redis = place === "Redis" ? await startBenchProcess("processes/redis-front.ts") : undefined;
  const environment: Record<string, string> =
    redis === undefined
      ? {}
      : {
          UPSTASH_REDIS_REST_URL: String(redis.ready.url),
          UPSTASH_REDIS_REST_TOKEN: String(redis.ready.token),
        };
  const started: BenchProcess[] = redis === undefined ? [] : [redis];
  try {
    const pairs = await Promise.all(
      [1, 2].map(async () => {
        const limits = `{ key: { requestsPerMinute: ${LIMIT} } }`;
        const router = await program.startRouter({ upstreamPort, limits, environment });
        const load = await startBenchProcess("processes/load.ts");
        started.unshift(load, router);
        return { port: Number(router.ready.port), router, load };
      }),
    );
    const plan = (port: number): LoadPlan => ({
      address: { port, path: CHAT_PATH, headers: { authorization: `Bearer ${key}` } },
      shape: { kind: "closed", connections: CONNECTIONS_EACH },
      upstream: { firstMs: 0, intervalMs: 0, tokens: 1 },
      warmUpMs: 1000,
      measureMs: LOAD_MS,
      processes: {},
    });
    const figures = await Promise.all(
      pairs.map(({ port, load }) => load.ask<LoadFigures>("run", plan(port))),
    );
    const metrics = await Promise.all(pairs.map(({ router }) => router.ask<string>("metrics")));
    return summarise(figures, metrics);
  } finally {
    for (const running of started) await running.stop();
  }
}

/** Requests that a router let through by itself because the shared counters did not answer in time. */
function countAlone(metrics: string): number {
  const found = /^vouch_router_limit_decided_alone_total\{decision="admitted"\} (\d+)/m.exec(metrics)?.[1];
  return Number(found ?? 0);
}

function summarise(figures: readonly LoadFigures[], metrics: readonly string[]): LimitRound {
  const admitted = figures.reduce((sum, { answersInAll }) => sum + answersInAll, 0);
  const first = Math.min(...figures.map(({ answeredMicros }) => answeredMicros?.first ?? Number.NaN));
  const last = Math.max(...figures.map(({ answeredMicros }) => answeredMicros?.last ?? Number.NaN));
  const refused = figures.reduce((sum, { errors }) => sum + (errors["status 429"] ?? 0), 0);
  const errors = figures.flatMap(({ errors: counts }) =>
    Object.entries(counts).flatMap(([kind, count]) => (kind === "status 429" ? [] : [`${count} x ${kind}`])),
  );
  const alone = metrics.reduce((sum, text) => sum + countAlone(text), 0);
  return { admitted, refused, alone, perSecond: (admitted / (last - first)) * 1e6, errors };
}

function describeRounds(results: ReadonlyMap<Place, readonly LimitRound[]>): string {
  const rows = [...results].map(([place, rounds]) => {
    const { median, least, most } = spreadOf(rounds.map(({ perSecond }) => perSecond));
    const errors = rounds.flatMap((round) => round.errors);
    const cells = [
      place,
      `${median.toFixed(0)} (${least.toFixed(0)}–${most.toFixed(0)})`,
      rounds.map(({ admitted }) => admitted).join(", "),
      Math.max(...rounds.map(({ admitted }) => admitted - LIMIT)),
      rounds.map(({ refused }) => refused).join(", "),
      rounds.map(({ alone }) => alone).join(", "),
      errors.length === 0 ? "0" : errors.join(", "),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const missing = results.has("Redis")
    ? ""
    : "\nRedis is left out: no redis-server is installed, and only root may install it.\n";
  return `**limits**: a key with ${LIMIT.toLocaleString("en")} requests a minute, asked over two routers by ${CONNECTIONS_EACH} connections each, as fast as they answer, until long after
the limit is used up. requests/s: those let through, from the first answer to the last.
${missing}
| limits, counters in | requests/s | let through, by round | most above ${LIMIT} | refused (429), by round | let through without the counters | errors |
|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
}

function checkRounds(place: Place, rounds: readonly LimitRound[]): Bar[] {
  const { median } = spreadOf(rounds.map(({ perSecond }) => perSecond));
  const above = Math.max(...rounds.map(({ admitted }) => admitted - LIMIT));
  return [
    {
      aim: `limit shared by two routers, ${place}: none let through above it`,
      isHeld: above <= 0,
      figure: above <= 0 ? "0 above" : `${above} above`,
    },
    {
      aim: `limit shared by two routers, ${place}: at least ${AIMS[place].toLocaleString("en")} requests/s`,
      isHeld: median >= AIMS[place],
      figure: `${median.toFixed(0)}/s`,
    },
  ];
}
