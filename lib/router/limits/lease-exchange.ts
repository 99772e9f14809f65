import { logger } from "../../platform/log.ts";
import type { LeaseBackend, LeaseCall, LeaseItem, LeaseReply } from "./lease-backend.ts";
import { limitMetrics } from "./limit-metrics.ts";
import type { LimitPlan } from "./limit-plan.ts";
import type { QuotaPool } from "./quota-pool.ts";
import { withTimeout } from "./with-timeout.ts";

/** A request that waits for units. */
export interface Waiter {
  readonly plan: LimitPlan;
  /** The quotas it draws on, and how many units of each. */
  readonly pools: readonly QuotaPool[];
  readonly units: readonly number[];
  /** Since when it waits, by `performance.now()`, and not asked for before. */
  readonly sinceMs: number;
  notBeforeMs: number;
  /** The units are there: they must be taken at once. */
  grant(): void;
  /** A limit is hit. */
  refuse(pool: QuotaPool): void;
  /** The shared counters cannot be asked: decide alone. */
  decideAlone(cause: unknown): void;
  /** The month's spending cannot be added up. */
  fail(cause: unknown): void;
}

/** The outside of an exchange. */
export interface ExchangeDeps {
  readonly backend: LeaseBackend;
  readonly nowMs: () => number;
  /** The moment told to the backend; null lets its own clock decide. */
  readonly sharedNowMs: () => number | null;
  /** A lease not renewed for so long belongs to a dead process. */
  readonly ttlMs: number;
  /** Longest wait for the backend. */
  readonly timeoutMs: number;
  /** The month's spending of the pool's subject by the usage rows, micros. */
  readonly sumMonth: (pool: QuotaPool) => Promise<number>;
}

/** While other processes hold idle units a request waits so long for them, asking again in between. */
const PATIENCE_MS = 1_000;
const ASK_AGAIN_MS = 40;
/** Scarce idle units are told, and given back, within so long; everything else is told within a second. */
const IDLE_TICK_MS = 100;
const TICK_MS = 1_000;
/** A call for which no request waits comes at least so long after the one before. */
const NUDGE_MS = 15;
/** After a failure the backend is left alone for so long. */
const PAUSE_MS = 1_000;
const MAX_ITEMS = 300;
const MAX_GROUPS = 200;

interface Group {
  readonly waiters: Waiter[];
}

/**
 * Talks with the shared counters: one call is under way at a time, for everything that waits. Requests that arrive
 * meanwhile share the next one.
 */
export class LeaseExchange {
  readonly #deps: ExchangeDeps;
  readonly #pools = new Set<QuotaPool>();
  readonly #seeding = new Set<QuotaPool>();
  #waiters: Waiter[] = [];
  #call = 0;
  #running: Promise<void> | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #calledAtMs = Number.NEGATIVE_INFINITY;
  #tickedAtMs = Number.NEGATIVE_INFINITY;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #isAlone = false;
  #isClosed = false;

  constructor(deps: ExchangeDeps) {
    this.#deps = deps;
  }

  /** True while the backend cannot be reached. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  get pools(): ReadonlySet<QuotaPool> {
    return this.#pools;
  }

  add(pool: QuotaPool): void {
    this.#pools.add(pool);
  }

  forget(pool: QuotaPool): void {
    this.#pools.delete(pool);
  }

  /** Queues a request; it is granted, refused or decided alone later. */
  wait(waiter: Waiter): void {
    this.#waiters.push(waiter);
    this.#poke();
  }

  /** Something changed that the shared counters should know soon, though nobody waits for it. */
  nudge(): void {
    if (this.#running !== undefined || this.#immediate !== undefined || this.#isAlone || this.#isClosed)
      return;
    const delayMs = this.#calledAtMs + NUDGE_MS - performance.now();
    if (delayMs <= 0) this.#poke();
    else this.#schedule(delayMs);
  }

  #poke(): void {
    if (this.#running !== undefined || this.#immediate !== undefined || this.#isAlone || this.#isClosed)
      return;
    this.#immediate = setImmediate(() => {
      this.#immediate = undefined;
      this.#start();
    });
  }

  /** Makes sure that what is held now is told or given back before long. */
  expectTick(): void {
    if (this.#timer === undefined && this.#running === undefined) this.#schedule(IDLE_TICK_MS);
  }

  /** Gives everything idle back and tells what is untold, as far as the backend answers. */
  async close(): Promise<void> {
    await this.#running;
    this.#isClosed = true;
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    for (const waiter of this.#waiters.splice(0)) waiter.decideAlone(new Error("the limiter is closing"));
    const nowMs = this.#deps.nowMs();
    const open = [...this.#pools].filter((pool) => !pool.isSpent(nowMs));
    while (open.length > 0 && !this.#isAlone) {
      await this.#exchange(this.#describe([], open.splice(0, MAX_ITEMS), true));
    }
  }

  #start(): void {
    if (this.#running !== undefined || this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.#scheduleNext();
    });
  }

  async #run(): Promise<void> {
    for (;;) {
      const described = this.#isAlone ? this.#describeProbe() : this.#describeNext();
      if (described === undefined) {
        this.#comeBack();
        return;
      }
      await this.#exchange(described);
      if (this.#isAlone) return;
    }
  }

  #describeNext(): Described | undefined {
    const nowMs = this.#deps.nowMs();
    const ready = this.#takeReady();
    const asking = new Set(ready.flatMap(({ waiters }) => waiters[0]?.pools ?? []));
    const isTick = this.#tickIsDue();
    const isSoon = performance.now() - this.#calledAtMs < NUDGE_MS;
    if (ready.length === 0 && isSoon && !isTick) return undefined;
    const telling: QuotaPool[] = [];
    const joining: QuotaPool[] = [];
    for (const pool of this.#pools) {
      if (asking.size + telling.length >= MAX_ITEMS) break;
      if (asking.has(pool)) continue;
      const isDue =
        pool.wantsCall ||
        pool.needsRenewal(nowMs, this.#deps.ttlMs) ||
        (isTick && pool.isDirty(nowMs) && pool.restMs(nowMs) === 0);
      if (isDue) telling.push(pool);
      else if (pool.wouldJoin) joining.push(pool);
    }
    const count = asking.size + telling.length;
    if (isTick && count < MAX_ITEMS) this.#tickedAtMs = performance.now();
    if (count === 0) return undefined;
    return this.#describe(ready, [...asking, ...telling, ...joining.slice(0, MAX_ITEMS - count)], false);
  }

  /** A call that finds out whether the backend is back; undefined when there is nothing to tell it. */
  #describeProbe(): Described | undefined {
    const nowMs = this.#deps.nowMs();
    const pools = [...this.#pools];
    const untold = pools.filter((pool) => !pool.isSpent(nowMs)).slice(0, MAX_ITEMS);
    const told = untold.length > 0 ? untold : pools.slice(0, 1);
    return told.length === 0 ? undefined : this.#describe([], told, false);
  }

  #tickIsDue(): boolean {
    return performance.now() - this.#tickedAtMs >= IDLE_TICK_MS - 1;
  }

  /** Takes the waiters whose turn it is out of the queue, equal ones together. */
  #takeReady(): Group[] {
    const now = performance.now();
    const groups = new Map<LimitPlan, Map<string, Group>>();
    const later: Waiter[] = [];
    let count = 0;
    for (const waiter of this.#waiters) {
      const isSeeding = waiter.pools.some((pool) => this.#seeding.has(pool));
      if (waiter.notBeforeMs > now || isSeeding || count >= MAX_GROUPS) {
        later.push(waiter);
        continue;
      }
      const ofPlan = groups.get(waiter.plan) ?? new Map<string, Group>();
      groups.set(waiter.plan, ofPlan);
      const key = waiter.units.join();
      const group = ofPlan.get(key);
      if (group === undefined) {
        ofPlan.set(key, { waiters: [waiter] });
        count += 1;
      } else group.waiters.push(waiter);
    }
    this.#waiters = later;
    return [...groups.values()].flatMap((ofPlan) => [...ofPlan.values()]);
  }

  #describe(groups: readonly Group[], pools: readonly QuotaPool[], isLast: boolean): Described {
    const sentMs = this.#deps.nowMs();
    const asking = new Set(groups.flatMap(({ waiters }) => waiters[0]?.pools ?? []));
    const sorted = [...pools].sort(inOneOrder);
    const indexes = new Map(sorted.map((pool, index) => [pool, index]));
    const items = sorted.map((pool) => pool.ask(sentMs, { isAsking: asking.has(pool), isLast }));
    this.#call += 1;
    const call: LeaseCall = {
      nowMs: this.#deps.sharedNowMs(),
      call: this.#call,
      ttlMs: this.#deps.ttlMs,
      items,
      groups: groups.map(({ waiters }) => ({
        count: waiters.length,
        parts: (waiters[0]?.pools ?? []).map((pool, at) => [
          indexes.get(pool) ?? 0,
          waiters[0]?.units[at] ?? 0,
        ]),
      })),
    };
    return { call, items, pools: sorted, groups, sentMs };
  }

  async #exchange(described: Described): Promise<void> {
    let reply: LeaseReply;
    this.#calledAtMs = performance.now();
    try {
      reply = await withTimeout(this.#deps.backend.take(described.call), this.#deps.timeoutMs);
    } catch (error) {
      this.#goAlone(described, error);
      return;
    }
    limitMetrics().calls.inc({ outcome: "answered" });
    this.#comeBack();
    for (const [index, pool] of described.pools.entries()) {
      const [item, answer] = [described.items[index], reply.items[index]];
      if (item !== undefined && answer !== undefined)
        pool.apply(item, answer, described.sentMs, this.#deps.ttlMs);
    }
    for (const [index, { waiters }] of described.groups.entries()) {
      const { admitted = 0, blockedBy = 0 } = reply.groups[index] ?? {};
      for (const waiter of waiters.slice(0, admitted)) waiter.grant();
      const blocking = described.pools[blockedBy];
      if (admitted < waiters.length && blocking !== undefined)
        this.#turnAway(waiters.slice(admitted), blocking);
    }
  }

  /** Requests for which there are no units: they wait for what others may give back, or are refused. */
  #turnAway(waiters: readonly Waiter[], blocking: QuotaPool): void {
    const now = performance.now();
    if (!blocking.isSeeded) {
      this.#waiters.push(...waiters);
      void this.#seed(blocking);
      return;
    }
    for (const waiter of waiters) {
      if (blocking.othersIdle > 0 && now - waiter.sinceMs < PATIENCE_MS) {
        waiter.notBeforeMs = now + ASK_AGAIN_MS;
        this.#waiters.push(waiter);
      } else waiter.refuse(blocking);
    }
  }

  async #seed(pool: QuotaPool): Promise<void> {
    if (this.#seeding.has(pool)) return;
    this.#seeding.add(pool);
    try {
      pool.seed = await this.#deps.sumMonth(pool);
    } catch (error) {
      const failed = this.#waiters.filter(({ pools }) => pools.includes(pool));
      this.#waiters = this.#waiters.filter(({ pools }) => !pools.includes(pool));
      for (const waiter of failed) waiter.fail(error);
    } finally {
      this.#seeding.delete(pool);
      this.#poke();
    }
  }

  #goAlone(described: Described, error: unknown): void {
    limitMetrics().calls.inc({ outcome: "failed" });
    for (const pool of described.pools) pool.keepAfterFailure();
    if (!this.#isAlone) {
      logger.warn(
        { error, feature: "limits", name: this.#deps.backend.name },
        "shared limits out of reach: this process counts by itself",
      );
      limitMetrics().alone.set(1);
      this.#isAlone = true;
      for (const pool of this.#pools) pool.beginAlone(this.#deps.nowMs());
    }
    this.#failedAtMs = performance.now();
    const waiting = [...described.groups.flatMap(({ waiters }) => waiters), ...this.#waiters];
    this.#waiters = [];
    for (const waiter of waiting) waiter.decideAlone(error);
  }

  #comeBack(): void {
    if (!this.#isAlone) return;
    this.#isAlone = false;
    limitMetrics().alone.set(0);
    for (const pool of this.#pools) pool.endAlone();
    logger.info({ feature: "limits", name: this.#deps.backend.name }, "shared limits are back");
  }

  #scheduleNext(): void {
    if (this.#isClosed) return;
    if (this.#isAlone) {
      this.#schedule(Math.max(0, this.#failedAtMs + PAUSE_MS - performance.now()));
      return;
    }
    const nowMs = this.#deps.nowMs();
    const tickMs = Math.min(TICK_MS, this.#deps.ttlMs / 3);
    let delayMs = Number.POSITIVE_INFINITY;
    for (const { notBeforeMs } of this.#waiters) delayMs = Math.min(delayMs, notBeforeMs - performance.now());
    for (const pool of this.#pools) {
      if (pool.wantsCall) delayMs = Math.min(delayMs, NUDGE_MS);
      else if (pool.available > 0) delayMs = Math.min(delayMs, Math.max(IDLE_TICK_MS, pool.restMs(nowMs)));
      else if (pool.isDirty(nowMs) || pool.reserved > 0) delayMs = Math.min(delayMs, tickMs);
      if (delayMs <= 0) break;
    }
    if (delayMs <= 0) this.#poke();
    else if (delayMs !== Number.POSITIVE_INFINITY) this.#schedule(delayMs);
  }

  #schedule(delayMs: number): void {
    const atMs = performance.now() + delayMs;
    if (this.#timer !== undefined && this.#timerAtMs <= atMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(() => this.#start(), Math.ceil(delayMs));
    this.#timer.unref();
  }
}

interface Described {
  readonly call: LeaseCall;
  readonly items: readonly LeaseItem[];
  readonly pools: readonly QuotaPool[];
  readonly groups: readonly Group[];
  readonly sentMs: number;
}

function inOneOrder(a: QuotaPool, b: QuotaPool): number {
  if (a.subject.orgId !== b.subject.orgId) return a.subject.orgId < b.subject.orgId ? -1 : 1;
  return a.quota < b.quota ? -1 : 1;
}
