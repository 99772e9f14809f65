import type { Principal } from "../../lib/identity/schema.ts";
import { search } from "../../lib/knowledge/index.ts";
import type { SearchRequestInput } from "../../lib/knowledge/schema.ts";
import { processorSeconds } from "../ingest/processor-seconds.ts";
import { percentile } from "./evaluate-ranking.ts";

/** How searches went. */
export interface SearchFigures {
  readonly label: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  /** Processor time per search: this process, and the database's. */
  readonly ownMs: number;
  readonly databaseMs: number;
  /** p50/p95 of each step. */
  readonly steps: string;
}

/** How often the questions of the warm-up are asked: V8 compiles what it runs during the first thousand searches. */
export const WARM_UP_ROUNDS = 3;

/** Runs the queries one after another, as often as told, and measures `search()` itself. */
export async function measureSearch(
  principal: Principal,
  databasePid: number,
  label: string,
  queries: readonly string[],
  settings: Partial<SearchRequestInput> = {},
): Promise<SearchFigures> {
  const totals: number[] = [];
  const steps = new Map<string, number[]>();
  const before = { own: process.cpuUsage(), database: processorSeconds(databasePid) };
  for (const query of queries) {
    const startMs = performance.now();
    const { trace } = await search(principal, { query, ...settings });
    totals.push(performance.now() - startMs);
    for (const [name, value] of Object.entries(trace.timingsMs)) {
      steps.set(name, [...(steps.get(name) ?? []), value]);
    }
  }
  const own = process.cpuUsage(before.own);
  return {
    label,
    count: totals.length,
    p50Ms: percentile(totals, 0.5),
    p95Ms: percentile(totals, 0.95),
    maxMs: Math.max(...totals),
    ownMs: (own.user + own.system) / 1_000 / totals.length,
    databaseMs: ((processorSeconds(databasePid) - before.database) * 1_000) / totals.length,
    steps: [...steps]
      .filter(([name]) => name !== "total")
      .map(([name, all]) => `${name} ${percentile(all, 0.5).toFixed(1)}/${percentile(all, 0.95).toFixed(1)}`)
      .join(", "),
  };
}

/** One line of a Markdown table. */
export function figuresLine(figures: SearchFigures): string {
  const numbers = [figures.p50Ms, figures.p95Ms, figures.maxMs, figures.ownMs, figures.databaseMs];
  return `| ${figures.label} | ${figures.count} | ${numbers.map((value) => value.toFixed(1)).join(" | ")} | ${figures.steps} |`;
}
