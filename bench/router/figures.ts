import type { RunFigures } from "./run-scenario.ts";
import { type Spread, spreadOf } from "./samples.ts";

/** All runs of one scenario: by target, then by round. */
export type ScenarioRuns = ReadonlyMap<string, readonly RunFigures[]>;

/** Figures that reports and bars ask for. */
export const FIGURES = {
  answersPerSecond: ({ answers, seconds }: RunFigures) => answers / seconds,
  tokensPerSecond: ({ tokens, seconds }: RunFigures) => (tokens ?? Number.NaN) / seconds,
  latency50: ({ latency }: RunFigures) => latency?.p50 ?? Number.NaN,
  latency99: ({ latency }: RunFigures) => latency?.p99 ?? Number.NaN,
  firstToken50: ({ firstToken }: RunFigures) => firstToken?.p50 ?? Number.NaN,
  firstToken99: ({ firstToken }: RunFigures) => firstToken?.p99 ?? Number.NaN,
  transit50: ({ transit }: RunFigures) => transit?.p50 ?? Number.NaN,
  transit99: ({ transit }: RunFigures) => transit?.p99 ?? Number.NaN,
  gapDeviation: ({ gapDeviation }: RunFigures) => gapDeviation ?? Number.NaN,
  processorPercent: ({ processorSeconds, seconds }: RunFigures) =>
    ((processorSeconds.target ?? Number.NaN) / seconds) * 100,
  microsPerAnswer: ({ processorSeconds, answers }: RunFigures) =>
    ((processorSeconds.target ?? Number.NaN) / answers) * 1e6,
  databaseMicrosPerAnswer: ({ processorSeconds, answers }: RunFigures) =>
    ((processorSeconds.database ?? Number.NaN) / answers) * 1e6,
  microsPerToken: ({ processorSeconds, tokens }: RunFigures) =>
    ((processorSeconds.target ?? Number.NaN) / (tokens ?? Number.NaN)) * 1e6,
  databaseMicrosPerToken: ({ processorSeconds, tokens }: RunFigures) =>
    ((processorSeconds.database ?? Number.NaN) / (tokens ?? Number.NaN)) * 1e6,
  megabytes: ({ peakMegabytes }: RunFigures) => peakMegabytes,
} as const;

export type FigureName = keyof typeof FIGURES;

/** A figure of a target over the rounds. */
export function figure(runs: ScenarioRuns, target: string, name: FigureName): Spread {
  return spreadOf((runs.get(target) ?? []).map(FIGURES[name]));
}

/** What a target adds to the direct way, each round against the direct run of the same round. */
export function addedFigure(runs: ScenarioRuns, target: string, name: FigureName): Spread {
  const direct = (runs.get("direct") ?? []).map(FIGURES[name]);
  const added = (runs.get(target) ?? []).map(
    (run, round) => FIGURES[name](run) - (direct[round] ?? Number.NaN),
  );
  return spreadOf(added);
}

/** All errors of a target's runs by kind. */
export function errorsOf(runs: ScenarioRuns, target: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { errors } of runs.get(target) ?? []) {
    for (const [kind, count] of Object.entries(errors)) counts.set(kind, (counts.get(kind) ?? 0) + count);
  }
  return counts;
}
