/**
 * The router beside direct, a bare node:http pipe, nginx and Portkey's gateway, in one interleaved run: processor time
 * per request and per token, added time to first token, jitter, memory, cancel; and a limit shared by two routers.
 *
 *   npm run bench -- router [--rounds 3] [--seconds 5] [--only closed64,open200,s500,s2000,cancel,limits,slow,away]
 *     [--targets direct,pipe,nginx,portkey,vouch] [--quick] [--profile DIR] [--out FILE]
 *
 * `--quick` is one round of two seconds and writes no file unless `--out` names one.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type BenchProcess, startBenchProcess } from "./bench-process.ts";
import { measureCancel } from "./cancel.ts";
import { measureRedisAway } from "./redis-away.ts";
import { report, type SectionResult } from "./report.ts";
import { type RunFigures, runScenario } from "./run-scenario.ts";
import { SCENARIOS } from "./scenarios.ts";
import { measureSharedLimit } from "./shared-limit.ts";
import { measureSlowReader } from "./slow-reader.ts";
import { nginxTarget } from "./targets/nginx-target.ts";
import { directTarget, pipeTarget } from "./targets/own-targets.ts";
import { portkeyTarget } from "./targets/portkey-target.ts";
import type { MissingTarget, Target } from "./targets/target.ts";
import { type VouchTarget, vouchTarget } from "./targets/vouch-target.ts";

const ALL_TARGETS = ["direct", "pipe", "nginx", "portkey", "vouch"];
const CANCEL = "cancel";
const LIMITS = "limits";
const SLOW = "slow";
const AWAY = "away";

const { values } = parseArgs({
  options: {
    rounds: { type: "string" },
    seconds: { type: "string" },
    only: { type: "string" },
    targets: { type: "string" },
    quick: { type: "boolean", default: false },
    profile: { type: "string" },
    out: { type: "string" },
  },
});

const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const seconds = Number(values.seconds ?? (values.quick ? 2 : 5));
const chosen = choose(values.only, [...SCENARIOS.map(({ name }) => name), CANCEL, LIMITS, SLOW, AWAY]);
const chosenTargets = choose(values.targets, ALL_TARGETS);

const startedAt = new Date();
const loadAtStart = loadavg()[0] ?? 0;
const upstream = await startBenchProcess("processes/mock-upstream.ts");
const { targets, missing } = await openTargets(upstream);
try {
  const scenarios = SCENARIOS.filter(({ name }) => chosen.includes(name));
  const { runs, vouchAnswers } = await runAll();
  const sections = chosen.includes(CANCEL) ? [await measureCancel(targets, upstream)] : [];
  const vouch = targets.find((target): target is VouchTarget => target.name === "vouch");
  if (vouch !== undefined && vouchAnswers > 0) {
    const rows = (await vouch.countUsage()).toLocaleString("en");
    const answers = vouchAnswers.toLocaleString("en");
    sections.push(
      `Usage rows in the database after Vouch's runs: ${rows}, for ${answers} whole answers and the calls that the end of each run cut.\n`,
    );
  }
  const upstreamPort = Number(upstream.ready.port);
  const further: SectionResult[] = [];
  if (chosen.includes(LIMITS)) further.push(await measureSharedLimit(upstreamPort, rounds));
  if (chosen.includes(SLOW)) further.push(await measureSlowReader(rounds));
  if (chosen.includes(AWAY)) further.push(await measureRedisAway(upstreamPort, rounds, seconds * 1000));
  sections.push(...further.map(({ section }) => section));
  const text = report({
    command: `npm run bench -- router ${process.argv.slice(2).join(" ")}`.trim(),
    scenarios,
    targets: targets.map(({ name }) => name),
    missing,
    runs,
    rounds,
    seconds,
    startedAt,
    loadAtStart,
    loadAtEnd: loadavg()[0] ?? 0,
    sections,
    bars: further.flatMap(({ bars }) => bars),
  });
  console.log(`\n${text}`);
  const out = values.out ?? (values.quick ? undefined : join(import.meta.dirname, "results.md"));
  if (out !== undefined) writeFileSync(out, text);
} finally {
  for (const target of targets) await target.close?.();
  await upstream.stop();
}

/** The names a comma-separated option chooses. */
function choose(option: string | undefined, known: readonly string[]): readonly string[] {
  const names = option?.split(",") ?? known;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(", ")}; known: ${known.join(", ")}`);
  return names;
}

async function openTargets(mock: BenchProcess): Promise<{ targets: Target[]; missing: string[] }> {
  if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });
  const open: Record<string, () => Target | MissingTarget | Promise<Target>> = {
    direct: () => directTarget(mock.pid),
    pipe: pipeTarget,
    nginx: nginxTarget,
    portkey: portkeyTarget,
    vouch: () => vouchTarget(values.profile),
  };
  const found: Target[] = [];
  const lines: string[] = [];
  for (const name of ALL_TARGETS.filter((known) => chosenTargets.includes(known))) {
    const target = await open[name]?.();
    if (target === undefined) continue;
    if ("missing" in target) lines.push(`${target.name} is left out: ${target.missing}.`);
    else found.push(target);
  }
  return { targets: found, missing: lines };
}

async function runAll(): Promise<{ runs: Map<string, Map<string, RunFigures[]>>; vouchAnswers: number }> {
  const runs = new Map<string, Map<string, RunFigures[]>>();
  let vouchAnswers = 0;
  for (let round = 1; round <= rounds; round += 1) {
    for (const scenario of SCENARIOS.filter(({ name }) => chosen.includes(name))) {
      const ofScenario = runs.get(scenario.name) ?? new Map<string, RunFigures[]>();
      runs.set(scenario.name, ofScenario);
      // Each round begins with another target, so that none always follows the same one.
      const turn = (round - 1) % targets.length;
      for (const target of [...targets.slice(turn), ...targets.slice(0, turn)]) {
        const label = `${scenario.name}-${round}`;
        const figures = await runScenario(target, scenario, { upstream, measureMs: seconds * 1000, label });
        ofScenario.set(target.name, [...(ofScenario.get(target.name) ?? []), figures]);
        if (target.name === "vouch") vouchAnswers += figures.answersInAll;
        console.log(`round ${round} ${scenario.name} ${target.name}: ${summary(figures)}`);
      }
    }
  }
  return { runs, vouchAnswers };
}

function summary({
  answers,
  tokens,
  processorSeconds,
  peakMegabytes,
  errors,
  seconds: took,
}: RunFigures): string {
  const units = tokens ?? answers;
  const micros = (((processorSeconds.target ?? 0) / units) * 1e6).toFixed(0);
  const rate = `${(units / took).toFixed(0)} ${tokens === undefined ? "requests" : "tokens"}/s`;
  return `${rate}, ${micros} us each, ${peakMegabytes.toFixed(0)} MB ${JSON.stringify(errors)}`;
}
