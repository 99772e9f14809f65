/** One upstream, and routers that differ in one extra, measured in turns. */

import { type BenchChild, startChild } from "./bench-child.ts";
import { type AnswerTimes, type Ask, createClient } from "./load.ts";
import type { RouterFigures } from "./router-process.ts";
import type { UpstreamFigures } from "./upstream-process.ts";

/** A router with an extra on or off. */
export interface Variant {
  readonly name: string;
  /** `models:` and what follows, in YAML. The upstreams are called `one` and `two`. */
  readonly models: string;
}

/** What one run of a variant came to. */
export interface SceneRun {
  readonly times: readonly AnswerTimes[];
  readonly router: RouterFigures;
  readonly upstream: UpstreamFigures;
  /** Calls at the upstream `two`. */
  readonly second: UpstreamFigures;
}

/** How a scene is played. */
export interface ScenePlan {
  readonly variants: readonly Variant[];
  readonly rounds: number;
  readonly sockets: number;
  /** Before the first measured round, for the compiler's sake. */
  readonly warmUp?: (ask: Ask) => Promise<unknown>;
  readonly play: (ask: Ask, round: number) => Promise<readonly AnswerTimes[]>;
}

/** Plays the rounds, the variants in another order each time. Returns the runs by variant. */
export async function playScene(plan: ScenePlan): Promise<ReadonlyMap<string, readonly SceneRun[]>> {
  const one = await startChild<UpstreamFigures>("upstream-process.ts");
  const two = await startChild<UpstreamFigures>("upstream-process.ts");
  const upstreams = `upstreams:\n  one: { kind: openai, baseUrl: 'http://127.0.0.1:${one.port}/v1' }\n  two: { kind: openai, baseUrl: 'http://127.0.0.1:${two.port}/v1' }\n`;
  const started = await Promise.all(
    plan.variants.map(async ({ name, models }) => {
      const router = await startChild<RouterFigures>("router-process.ts", [upstreams + models]);
      return { name, router, client: createClient(router.port, plan.sockets) };
    }),
  );
  const runs = new Map<string, SceneRun[]>(plan.variants.map(({ name }) => [name, []]));
  try {
    for (const { client } of started) await plan.warmUp?.(client.ask);
    for (let round = 0; round < plan.rounds; round += 1) {
      for (let turn = 0; turn < started.length; turn += 1) {
        const variant = started[(turn + round) % started.length];
        if (variant === undefined) continue;
        runs.get(variant.name)?.push(await playRound(plan, round, variant, [one, two]));
      }
    }
  } finally {
    for (const { client, router } of started) {
      client.close();
      await router.stop();
    }
    await Promise.all([one.stop(), two.stop()]);
  }
  return runs;
}

async function playRound(
  plan: ScenePlan,
  round: number,
  { router, client }: { router: BenchChild<RouterFigures>; client: { ask: Ask } },
  [one, two]: readonly [BenchChild<UpstreamFigures>, BenchChild<UpstreamFigures>],
): Promise<SceneRun> {
  await Promise.all([one.read("reset"), two.read("reset"), router.read("reset")]);
  const times = await plan.play(client.ask, round);
  const figures = await router.read("figures");
  return { times, router: figures, upstream: await one.read("figures"), second: await two.read("figures") };
}
