import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { type BenchProcess, startBenchProcess } from "./bench-process.ts";
import type { LoadFigures, LoadPlan } from "./load/load-plan.ts";
import type { Scenario } from "./scenarios.ts";
import type { Target } from "./targets/target.ts";

/** Figures of one run of one target. */
export interface RunFigures extends LoadFigures {
  /** Largest memory of the target's processes seen while the load ran, MB (resident). */
  readonly peakMegabytes: number;
}

const FIRST_CALLS = 20;
const RSS_EVERY_MS = 250;
const DRAIN_MS = 30_000;

/** Starts a target, loads it, ends it, and waits until the upstream has no call left. */
export async function runScenario(
  target: Target,
  scenario: Scenario,
  options: { readonly upstream: BenchProcess; readonly measureMs: number; readonly label: string },
): Promise<RunFigures> {
  const running = await target.start(Number(options.upstream.ready.port), options.label);
  const load = await startBenchProcess("processes/load.ts", [], {
    onEvent: (event) => running.onWindow?.(event),
  });
  const memory = watchMemory(running.pids);
  let hasEnded = true;
  try {
    const plan: LoadPlan = {
      address: running.address,
      shape: scenario.shape,
      upstream: scenario.upstream,
      firstCalls: FIRST_CALLS,
      warmUpMs: scenario.warmUpMs,
      measureMs: options.measureMs,
      processes: { target: running.pids, database: running.databasePids ?? [] },
    };
    const figures = await load.ask<LoadFigures>("run", plan);
    const errors = { ...figures.errors };
    await load.stop();
    hasEnded = await running.stop();
    if (!hasEnded) errors["the target had to be killed"] = 1;
    const left = await drain(options.upstream);
    if (left > 0) errors["calls left open at the upstream"] = left;
    return { ...figures, errors, peakMegabytes: memory.stop() };
  } finally {
    memory.stop();
    await load.stop();
    if (hasEnded) await running.stop();
  }
}

/** Waits until the upstream has no open call; returns how many stayed. */
async function drain(upstream: BenchProcess): Promise<number> {
  const deadline = performance.now() + DRAIN_MS;
  for (;;) {
    const open = await upstream.ask<number>("open");
    if (open === 0 || performance.now() > deadline) return open;
    await wait(100);
  }
}

function watchMemory(pids: readonly number[]): { stop(): number } {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(
      peak,
      pids.reduce((sum, pid) => sum + residentMegabytes(pid), 0),
    );
  }, RSS_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}

/** Resident memory of a process, MB; 0 when it is gone. */
export function residentMegabytes(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}
