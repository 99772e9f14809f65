import type { Principal } from "../../lib/identity/schema.ts";
import { search } from "../../lib/knowledge/index.ts";
import type { SearchRequestInput } from "../../lib/knowledge/schema.ts";
import type { StatementTimesSummary } from "../../lib/platform/embedded-database/index.ts";
import type { BenchDatabase } from "../ingest/open-bench-database.ts";
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
  /** How long single statements held the database meanwhile. */
  readonly statements?: StatementTimesSummary;
  /** p50/p95 of each step. */
  readonly steps: string;
}

/** Searches one after the other, with the time of each. */
export interface TimedSearches {
  readonly figures: SearchFigures;
  readonly timesMs: readonly number[];
}

/** How often the questions of the warm-up are asked: V8 compiles what it runs during the first thousand searches. */
export const WARM_UP_ROUNDS = 3;

/** Runs the queries one after another and measures `search()` itself. */
export async function measureSearch(
  { pid: databasePid, takeStatementTimes }: BenchDatabase,
  principal: Principal,
  label: string,
  queries: readonly string[],
  settings: Partial<SearchRequestInput> = {},
): Promise<TimedSearches> {
  const totals: number[] = [];
  const steps = new Map<string, number[]>();
  await takeStatementTimes();
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
  const figures: SearchFigures = {
    label,
    ...spreadOf(totals),
    statements: await takeStatementTimes(),
    ownMs: (own.user + own.system) / 1_000 / totals.length,
    databaseMs: ((processorSeconds(databasePid) - before.database) * 1_000) / totals.length,
    steps: [...steps]
      .filter(([name]) => name !== "total")
      .map(([name, all]) => `${name} ${percentile(all, 0.5).toFixed(1)}/${percentile(all, 0.95).toFixed(1)}`)
      .join(", "),
  };
  return { figures, timesMs: totals };
}

/** How times are spread. */
export function spreadOf(
  timesMs: readonly number[],
): Pick<SearchFigures, "count" | "p50Ms" | "p95Ms" | "maxMs"> {
  return {
    count: timesMs.length,
    p50Ms: percentile([...timesMs], 0.5),
    p95Ms: percentile([...timesMs], 0.95),
    maxMs: Math.max(...timesMs),
  };
}

/** Statements over 100 ms, as `2 of 3400, longest 180`. */
export function describeStatements(statements: StatementTimesSummary | undefined): string {
  if (statements === undefined) return "";
  const { count, longCount, longestMs } = statements;
  return `${longCount} of ${count}, longest ${longestMs.toFixed(0)}`;
}

/** One line of a Markdown table. */
export function figuresLine(figures: SearchFigures): string {
  const numbers = [figures.p50Ms, figures.p95Ms, figures.maxMs, figures.ownMs, figures.databaseMs];
  return `| ${figures.label} | ${figures.count} | ${numbers.map((value) => value.toFixed(1)).join(" | ")} | ${describeStatements(figures.statements)} | ${figures.steps} |`;
}
