/**
 * Long soak of the router: a real router process with the embedded database in front of two scripted upstreams that
 * fail at random and die now and then, and clients that leave at any moment. Prints a JSON summary; exits 1 when
 * memory grows, a socket, a reservation or a running request is left over, an answer that is not whole looks whole,
 * or the table of usage and the upstreams' ledgers disagree.
 *
 * node scripts/soak-router.ts --minutes 10 --clients 60 --seed 1
 */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { compareUsage } from "./soak/compare-usage.ts";
import { FaultyUpstreams } from "./soak/faulty-upstreams.ts";
import { type RunningRouter, startRouterProcess } from "./soak/running-router.ts";
import { slopeOf } from "./soak/slope.ts";
import { SoakClients } from "./soak/soak-clients.ts";
import { soakConfiguration } from "./soak/soak-models.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    clients: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});

const SAMPLE_MS = 5_000;
/** The first part of the run fills pools, caches and the heap; the slope is that of the rest. */
const WARM_UP_SHARE = 0.3;
const SLOPE_MAX = 1;
const SETTLE_MS = 30_000;

/** Numbers from 0 to 1 that are the same for the same seed. */
function seededRandom(seed: string): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash("sha256").update(`${seed}:${drawn}`).digest().readUInt32LE(0) / 2 ** 32;
  };
}

/** Samples memory until the time is over. */
async function watchMemory(router: RunningRouter, durationMs: number) {
  const resident: [number, number][] = [];
  const heap: number[] = [];
  const startMs = performance.now();
  for (let at = startMs; at - startMs < durationMs; at = performance.now()) {
    const { residentMegabytes, heapMegabytes } = await router.figures();
    resident.push([(at - startMs) / 60_000, residentMegabytes]);
    heap.push(heapMegabytes);
    await wait(Math.min(SAMPLE_MS, durationMs));
  }
  const settled = resident.filter(([minute]) => minute * 60_000 >= durationMs * WARM_UP_SHARE);
  const megabytes = settled.map(([, size]) => size);
  const settledHeap = heap.slice(-settled.length);
  const half = Math.ceil(settledHeap.length / 2);
  return {
    slope: slopeOf(settled),
    least: Math.min(...megabytes),
    most: Math.max(...megabytes),
    // What lives, as far as it shows right after a collection: tells growth from garbage not yet collected.
    leastHeap: {
      firstHalf: Math.min(...settledHeap.slice(0, half)),
      secondHalf: Math.min(...settledHeap.slice(half)),
    },
  };
}

/** Waits until nothing runs any more; returns what is left over when that takes too long. */
async function settle(router: RunningRouter, socketsBefore: number) {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const { inFlight, reservations, usageWaiting } = await router.figures();
    const sockets = Math.max(0, router.openSockets() - socketsBefore);
    const isQuiet = inFlight + reservations + usageWaiting + sockets === 0;
    if (isQuiet || performance.now() > deadline) return { inFlight, reservations, usageWaiting, sockets };
    await wait(200);
  }
}

async function soak(folder: string): Promise<boolean> {
  const durationMs = Number(values.minutes) * 60_000;
  const random = seededRandom(values.seed);
  const upstreams = await FaultyUpstreams.start(random);
  const router = await startRouterProcess(folder, soakConfiguration(upstreams.urls));
  try {
    const clients = new SoakClients(router, random);
    // Connections to the database are made with the first calls and stay.
    await clients.warmUp();
    const socketsBefore = await restingSockets(router);
    upstreams.beginFaults();
    clients.start(Number(values.clients));
    const memory = await watchMemory(router, durationMs);
    await upstreams.endFaults();
    await clients.stop();
    const left = await settle(router, socketsBefore);
    const exitCode = await router.stop();
    const heldUnits = await router.countHeldUnits();
    const usage = compareUsage(await upstreams.calls(), await router.readUsage());
    const { wrong, ...counts } = clients.counts;
    const faults = [
      ...(memory.slope < SLOPE_MAX ? [] : [`memory grows by ${memory.slope.toFixed(2)} MB a minute`]),
      ...Object.entries(left).flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name} left over`])),
      ...(heldUnits === 0 ? [] : [`${heldUnits} units of limits are still held after the end`]),
      ...(exitCode === 0 ? [] : [`the router ended with status ${exitCode}`]),
      ...[...wrong].map(([what, times]) => `${times} x ${what}`),
      ...usage.faults,
    ];
    const summary = {
      clients: counts,
      faultsTold: upstreams.faultsTold,
      deaths: upstreams.deaths,
      memory,
      left,
      usage,
    };
    console.log(JSON.stringify({ ...summary, faults, sound: faults.length === 0 }, null, 2));
    return faults.length === 0;
  } finally {
    await router.close();
    await upstreams.close();
  }
}

/** Sockets of the router once its pooled connections to the upstreams have been closed. */
async function restingSockets(router: RunningRouter): Promise<number> {
  let least = router.openSockets();
  for (let second = 0; second < 8; second += 1) {
    await wait(1000);
    least = Math.min(least, router.openSockets());
  }
  return least;
}

if (values.help) {
  console.log("usage: node scripts/soak-router.ts [--minutes N] [--clients N] [--seed N]");
} else {
  const folder = await mkdtemp(join(tmpdir(), "vouch-soak-router-"));
  try {
    process.exitCode = (await soak(folder)) ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
