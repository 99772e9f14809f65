/** The load generator: makes one kind of load after the other, as its parent asks. */
import { setTimeout as wait } from "node:timers/promises";
import { processorSeconds } from "../../ingest/processor-seconds.ts";
import { type CancelPlan, cancelCalls } from "../load/cancel-calls.ts";
import { closedLoop } from "../load/closed-loop.ts";
import type { Driver } from "../load/driver.ts";
import { callInTurn } from "../load/first-calls.ts";
import type { LoadFigures, LoadPlan } from "../load/load-plan.ts";
import { openLoop } from "../load/open-loop.ts";
import { streamLoop } from "../load/stream-loop.ts";
import { answerParent, sendEvent, sendReady } from "./answer-parent.ts";

const NOTICE_MS = 1_000;

function driverFor(plan: LoadPlan): Driver {
  const { shape } = plan;
  if (shape.kind === "closed") return closedLoop(plan, shape.connections);
  if (shape.kind === "open") return openLoop(plan, shape.perSecond);
  return streamLoop(plan, shape.streams, shape.rampMs);
}

function readProcessors(plan: LoadPlan): Record<string, number> {
  const sums = Object.entries(plan.processes).map(([name, pids]): [string, number] => [
    name,
    pids.reduce((sum, pid) => sum + processorSeconds(pid), 0),
  ]);
  return Object.fromEntries(sums);
}

async function run(plan: LoadPlan): Promise<LoadFigures> {
  const early = await callInTurn(plan, plan.firstCalls ?? 0);
  const driver = driverFor(plan);
  await wait(plan.warmUpMs + (plan.shape.kind === "streams" ? plan.shape.rampMs : 0) - NOTICE_MS);
  // Whoever profiles needs a moment to begin.
  sendEvent("window nears");
  await wait(NOTICE_MS);
  const before = readProcessors(plan);
  const startMs = performance.now();
  driver.begin();
  await wait(plan.measureMs);
  driver.end();
  const seconds = (performance.now() - startMs) / 1000;
  const after = readProcessors(plan);
  sendEvent("window ends");
  // What was due in an open loop's window is still on its way.
  if (plan.shape.kind === "open") await wait(1000);
  driver.stop();
  const processors = Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]);
  const figures = driver.figures();
  return {
    seconds,
    ...figures,
    answersInAll: figures.answersInAll + early.answers,
    errors: { ...figures.errors, ...early.errors },
    processorSeconds: Object.fromEntries(processors),
  };
}

answerParent({ run, cancel: (plan: CancelPlan) => cancelCalls(plan) });
sendReady();
