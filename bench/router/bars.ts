import { addedFigure, errorsOf, type FigureName, figure, type ScenarioRuns } from "./figures.ts";

/** One aim of the router, checked. */
export interface Bar {
  readonly aim: string;
  /** Undefined when what it needs was not measured in this run. */
  readonly isHeld: boolean | undefined;
  readonly figure: string;
}

type AllRuns = ReadonlyMap<string, ScenarioRuns>;

/** A figure of Vouch's that may be so many times another target's. */
interface Ratio {
  readonly aim: string;
  readonly scenario: string;
  readonly name: FigureName;
  readonly against: string;
  readonly most?: number;
  readonly least?: number;
  /** Compare what is added to the direct way. */
  readonly isAdded?: boolean;
  readonly unit: string;
}

const RATIOS: readonly Ratio[] = [
  {
    aim: "64 connections: processor time per request at most 2 x the pipe's",
    scenario: "closed64",
    name: "microsPerAnswer",
    against: "pipe",
    most: 2,
    unit: "us",
  },
  {
    aim: "64 connections: processor time per request at most 1/5 of Portkey's",
    scenario: "closed64",
    name: "microsPerAnswer",
    against: "portkey",
    most: 0.2,
    unit: "us",
  },
  {
    aim: "64 connections: requests/s at least 5 x Portkey's",
    scenario: "closed64",
    name: "answersPerSecond",
    against: "portkey",
    least: 5,
    unit: "/s",
  },
  {
    aim: "500 streams: added time to first token (p50) at most 1.5 x the pipe's",
    scenario: "s500",
    name: "firstToken50",
    against: "pipe",
    most: 1.5,
    isAdded: true,
    unit: "ms",
  },
  {
    aim: "500 streams: processor time per token at most 1.5 x the pipe's",
    scenario: "s500",
    name: "microsPerToken",
    against: "pipe",
    most: 1.5,
    unit: "us",
  },
  {
    aim: "2,000 streams: p99 of token transit at most 2 x the pipe's",
    scenario: "s2000",
    name: "transit99",
    against: "pipe",
    most: 2,
    unit: "ms",
  },
  {
    aim: "200 requests/s: added p50 at most 2 x the pipe's",
    scenario: "open200",
    name: "latency50",
    against: "pipe",
    most: 2,
    isAdded: true,
    unit: "ms",
  },
  {
    aim: "200 requests/s: p99 at most 2 x nginx's",
    scenario: "open200",
    name: "latency99",
    against: "nginx",
    most: 2,
    unit: "ms",
  },
];

const MEGABYTES_MAX = 220;

/** Checks the aims that one interleaved run decides. */
export function checkBars(all: AllRuns): Bar[] {
  return [
    ...RATIOS.map((ratio) => checkRatio(all.get(ratio.scenario), ratio)),
    ...checkManyStreams(all.get("s2000")),
  ];
}

function checkRatio(runs: ScenarioRuns | undefined, { aim, name, against, isAdded, ...ratio }: Ratio): Bar {
  const read = isAdded === true ? addedFigure : figure;
  const own = read(runs ?? new Map(), "vouch", name).median;
  const other = read(runs ?? new Map(), against, name).median;
  if (Number.isNaN(own) || Number.isNaN(other)) return { aim, isHeld: undefined, figure: "not measured" };
  const times = own / other;
  const isHeld = ratio.most === undefined ? times >= (ratio.least ?? 0) : own <= ratio.most * other;
  const digits = own < 10 ? 2 : 0;
  return {
    aim,
    isHeld,
    figure: `${own.toFixed(digits)} against ${other.toFixed(digits)} ${ratio.unit}: ${times.toFixed(2)} x`,
  };
}

function checkManyStreams(runs: ScenarioRuns | undefined): Bar[] {
  const megabytes = figure(runs ?? new Map(), "vouch", "megabytes").median;
  const isMeasured = !Number.isNaN(megabytes);
  const errors = [...errorsOf(runs ?? new Map(), "vouch").values()].reduce((sum, count) => sum + count, 0);
  return [
    {
      aim: `2,000 streams: memory at most ${MEGABYTES_MAX} MB`,
      isHeld: isMeasured ? megabytes <= MEGABYTES_MAX : undefined,
      figure: isMeasured ? `${megabytes.toFixed(0)} MB` : "not measured",
    },
    {
      aim: "2,000 streams: no error",
      isHeld: isMeasured ? errors === 0 : undefined,
      figure: isMeasured ? `${errors} errors` : "not measured",
    },
  ];
}
