import { setTimeout as wait } from "node:timers/promises";
import { type BenchProcess, startBenchProcess } from "./bench-process.ts";
import type { CancelPlan, CancelTimes } from "./load/cancel-calls.ts";
import { Samples } from "./samples.ts";
import type { Target } from "./targets/target.ts";

const CALLS = 100;
/** Calls of a target that does not cancel run on; longer than this nobody waits for their end. */
const PATIENCE_MS = 3_000;

type Phase = Pick<CancelPlan, "isStream" | "upstream" | "afterMs" | "afterTokens">;

/** When clients leave. */
const PHASES: Readonly<Record<string, Phase>> = {
  "before the first token": {
    isStream: true,
    upstream: { firstMs: 7000, intervalMs: 20, tokens: 5 },
    afterMs: 150,
  },
  "after two tokens": {
    isStream: true,
    upstream: { firstMs: 20, intervalMs: 20, tokens: 400 },
    afterTokens: 2,
  },
  "not streamed": { isStream: false, upstream: { firstMs: 7000, intervalMs: 0, tokens: 1 }, afterMs: 150 },
};

/** Clients leave in each phase: how long until the upstream's connection is closed, as a section of the results. */
export async function measureCancel(targets: readonly Target[], upstream: BenchProcess): Promise<string> {
  const rows: string[] = [];
  let key = 1;
  for (const target of targets) {
    const running = await target.start(Number(upstream.ready.port), "cancel");
    const load = await startBenchProcess("processes/load.ts");
    const cells: string[] = [];
    for (const phase of Object.values(PHASES)) {
      const plan: CancelPlan = { ...phase, address: running.address, calls: CALLS, firstKey: key };
      key += CALLS;
      const left = await load.ask<CancelTimes>("cancel", plan);
      cells.push(describeTimes(left, await closingTimes(left, upstream)));
    }
    await load.stop();
    await running.stop();
    rows.push(`| ${target.name} | ${cells.join(" | ")} |`);
    console.log(rows.at(-1));
  }
  return `**cancel**: ${CALLS} clients leave, one every 25 ms; milliseconds until the upstream's connection is closed, p50 / p99.

| cancel | ${Object.keys(PHASES).join(" | ")} |
|---|---|---|---|
${rows.join("\n")}
`;
}

/** Waits for the closings of all calls that were left, and gives the milliseconds each took. */
async function closingTimes({ leftAt }: CancelTimes, upstream: BenchProcess): Promise<Samples> {
  const times = new Samples();
  const missing = new Map(Object.entries(leftAt));
  const deadline = performance.now() + PATIENCE_MS;
  while (missing.size > 0 && performance.now() < deadline) {
    const closed = await upstream.ask<Record<string, number>>("closed");
    for (const [key, closedMicros] of Object.entries(closed)) {
      const leftMicros = missing.get(key);
      if (leftMicros !== undefined) times.push((closedMicros - leftMicros) / 1000);
      missing.delete(key);
    }
    await wait(50);
  }
  return times;
}

function describeTimes({ leftAt, errors }: CancelTimes, times: Samples): string {
  const left = Object.keys(leftAt).length;
  const [p50 = 0, p99 = 0] = times.percentiles(0.5, 0.99);
  const parts = times.count === 0 ? [] : [`${p50.toFixed(1)} / ${p99.toFixed(1)}`];
  if (times.count < left)
    parts.push(`${left - times.count} of ${left} still open after ${PATIENCE_MS / 1000} s`);
  if (errors.length > 0) parts.push(`${errors.length} errors (${errors[0]})`);
  return parts.join("; ");
}
