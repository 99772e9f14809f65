import { provideRedisServer } from "../../scripts/provide-redis.ts";
import { startBenchProcess } from "./bench-process.ts";
import type { LoadFigures, LoadPlan } from "./load/load-plan.ts";
import type { SectionResult } from "./report.ts";
import { spreadOf } from "./samples.ts";
import { CHAT_PATH } from "./targets/target.ts";
import { openVouchProgram, type VouchProgram } from "./targets/vouch-program.ts";

const PER_SECOND = 200;
const ADDED_MOST_MS = 2;
/** The router has noticed by then, and counts alone. */
const NOTICE_MS = 4_000;
/** Without a budget: of money a router hands out what it has leased, and then nothing (decision 010). */
const LIMIT = "{ requestsPerMinute: 1000000, tokensPerMinute: 1000000000, concurrentStreams: 10000 }";

/** One round: milliseconds of requests with the shared counters there, and with them gone. */
interface AwayRound {
  readonly there: LoadFigures;
  readonly away: LoadFigures;
}

/** 200 requests/s while the Redis that holds the limits is there, and after it has died. */
export async function measureRedisAway(
  upstreamPort: number,
  rounds: number,
  measureMs: number,
): Promise<SectionResult> {
  if (!provideRedisServer()) {
    return {
      section: "**away** is left out: no redis-server is installed, and only root may install it.\n",
      bars: [],
    };
  }
  const program = await openVouchProgram();
  const results: AwayRound[] = [];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      results.push(await runRound(program, upstreamPort, measureMs));
      const last = results.at(-1);
      console.log(`round ${round} redis away: ${JSON.stringify([last?.there.latency, last?.away.latency])}`);
    }
  } finally {
    await program.close();
  }
  return describeRounds(results);
}

async function runRound(program: VouchProgram, upstreamPort: number, measureMs: number): Promise<AwayRound> {
  const redis = await startBenchProcess("processes/redis-front.ts");
  const router = await program.startRouter({
    upstreamPort,
    limits: `{ organisation: ${LIMIT}, key: ${LIMIT} }`,
    environment: {
      UPSTASH_REDIS_REST_URL: String(redis.ready.url),
      UPSTASH_REDIS_REST_TOKEN: String(redis.ready.token),
    },
  });
  const load = await startBenchProcess("processes/load.ts");
  const plan = (warmUpMs: number): LoadPlan => ({
    address: {
      port: Number(router.ready.port),
      path: CHAT_PATH,
      headers: { authorization: `Bearer ${program.keys[0]}` },
    },
    shape: { kind: "open", perSecond: PER_SECOND },
    upstream: { firstMs: 5, intervalMs: 0, tokens: 1 },
    firstCalls: 200,
    warmUpMs,
    measureMs,
    processes: {},
  });
  try {
    const there = await load.ask<LoadFigures>("run", plan(2_000));
    await redis.stop();
    const away = await load.ask<LoadFigures>("run", plan(NOTICE_MS));
    return { there, away };
  } finally {
    await load.stop();
    await router.stop();
    await redis.stop();
  }
}

function describeRounds(rounds: readonly AwayRound[]): SectionResult {
  const cell = (pick: (round: AwayRound) => number | undefined) => {
    const { median, least, most } = spreadOf(rounds.map((round) => pick(round) ?? Number.NaN));
    return `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
  };
  const errors = rounds.flatMap(({ there, away }) =>
    [there.errors, away.errors].flatMap((all) => Object.entries(all)),
  );
  const { median: added } = spreadOf(
    rounds.map(({ there, away }) => (away.latency?.p99 ?? Number.NaN) - (there.latency?.p99 ?? Number.NaN)),
  );
  return {
    section: `**away**: ${PER_SECOND} requests/s with limits in Redis (requests, tokens and streams); then Redis dies, and each router counts by itself.

| Redis | p50 ms | p99 ms |
|---|---|---|
| there | ${cell(({ there }) => there.latency?.p50)} | ${cell(({ there }) => there.latency?.p99)} |
| away | ${cell(({ away }) => away.latency?.p50)} | ${cell(({ away }) => away.latency?.p99)} |

Errors: ${errors.length === 0 ? "none" : errors.map(([kind, count]) => `${count} x ${kind}`).join(", ")}.
`,
    bars: [
      {
        aim: `Redis away: p99 at most ${ADDED_MOST_MS} ms more, no error`,
        isHeld: added <= ADDED_MOST_MS && errors.length === 0,
        figure: `${added.toFixed(2)} ms more, ${errors.length === 0 ? "no" : "some"} errors`,
      },
    ],
  };
}
