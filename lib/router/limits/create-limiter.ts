import { randomUUID } from "node:crypto";
import { logger } from "../../platform/log.ts";
import type { LimitDefaults } from "../config/router-config.ts";
import { findLimitRules } from "../queries/limit-rules.ts";
import { Roster } from "../roster.ts";
import type { UsageOwner } from "../usage/record-attempt.ts";
import type { LeaseBackend } from "./lease-backend.ts";
import { LeaseExchange, type Waiter } from "./lease-exchange.ts";
import { limitBackend } from "./limit-backend.ts";
import { limitMetrics } from "./limit-metrics.ts";
import { type LimitPlan, limitHeaders, unitsOf } from "./limit-plan.ts";
import {
  effectiveLimits,
  LIMIT_NAMES,
  type LimitName,
  type LimitSubject,
  subjectsOf,
} from "./limit-rules.ts";
import type { LimitDemand, Limiter, Reservation } from "./limiter.ts";
import { monthEndMs, monthStartMs } from "./month.ts";
import { QuotaPool } from "./quota-pool.ts";
import { limitReached, limitsUnavailable, modelUnpriced } from "./refusals.ts";
import { type HeldPart, LimitReservation, type ReservationHost, UNLIMITED } from "./reservation.ts";
import { type FindRules, RuleBook } from "./rule-book.ts";
import { sumMonth } from "./sum-month.ts";

/** The outside of a limiter; everything has a default. */
export interface LimiterDeps {
  readonly backend?: LeaseBackend;
  readonly findRules?: FindRules;
  /** What a subject spent this month by its usage rows, micros. */
  readonly sumMonth?: (subject: LimitSubject, nowMs: number) => Promise<number>;
  /**
   * Milliseconds since 1970. Given, the backend is told this time too; by default it goes by its own clock, so that
   * the clocks of several machines need not agree.
   */
  readonly nowMs?: () => number;
  /** A lease not renewed for so long belongs to a dead process and comes back. */
  readonly leaseTtlMs?: number;
  /** Longest wait for the backend. */
  readonly timeoutMs?: number;
  /** A reservation never ended is given back after so long; longer than the longest answer. */
  readonly reservationTimeoutMs?: number;
}

const LEASE_TTL_MS = 15_000;
/** The database is the ground everything stands on: on a busy machine it is waited for longer than Redis. */
const TIMEOUT_MS = { database: 5_000, redis: 2_000 } as const;
const RESERVATION_TIMEOUT_MS = 30 * 60_000;
const RECHECK_MS = 250;
const SWEEP_MS = 10_000;
const PLAN_KEEP_MS = 60_000;
/** Rules changed again and again while they were read: give up after so many readings. */
const MAX_READINGS = 5;

const readRules: FindRules = async (subjects) =>
  (await findLimitRules(subjects)).map(({ orgId, subjectType, subjectId, limits }) => ({
    subject: { orgId, type: subjectType, id: subjectId },
    limits,
  }));

/** A clock that never goes back. */
function steadyNowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Makes the limiter of a process. */
export function createLimiter(deps: LimiterDeps = {}): Limiter {
  return new ProcessLimiter(deps);
}

class ProcessLimiter implements Limiter {
  readonly #nowMs: () => number;
  readonly #rules: RuleBook;
  readonly #exchange: LeaseExchange;
  readonly #plans = new Map<string, LimitPlan>();
  readonly #pools = new Map<string, QuotaPool>();
  readonly #reservations = new Roster<LimitReservation>();
  readonly #host: ReservationHost;
  readonly #reservationTimeoutMs: number;
  readonly #processId = randomUUID();
  #leases = 0;
  #monthEndMs = 0;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(deps: LimiterDeps) {
    const nowMs = deps.nowMs ?? steadyNowMs;
    const sum = deps.sumMonth ?? sumMonth;
    const backend = deps.backend ?? limitBackend();
    this.#nowMs = nowMs;
    this.#rules = new RuleBook(deps.findRules ?? readRules);
    this.#reservationTimeoutMs = deps.reservationTimeoutMs ?? RESERVATION_TIMEOUT_MS;
    this.#exchange = new LeaseExchange({
      backend,
      nowMs,
      sharedNowMs: () => (deps.nowMs === undefined ? null : Math.floor(nowMs())),
      ttlMs: deps.leaseTtlMs ?? LEASE_TTL_MS,
      timeoutMs: deps.timeoutMs ?? TIMEOUT_MS[backend.name],
      sumMonth: (pool) => sum(pool.subject, nowMs()),
    });
    this.#host = { nowMs, onEnd: (reservation) => this.#end(reservation) };
  }

  reserve(
    owner: UsageOwner,
    demand: LimitDemand,
    defaults: LimitDefaults,
  ): Reservation | Promise<Reservation> {
    const key = `${owner.orgId}/${owner.userId}/${owner.apiKeyId ?? ""}`;
    const nowMs = this.#nowMs();
    const known = this.#plans.get(key);
    const isUsable =
      known !== undefined &&
      known.version === this.#rules.version &&
      known.defaults === defaults &&
      nowMs < known.freshUntilMs;
    const plan = isUsable ? known : this.#plan(key, owner, defaults, nowMs);
    return plan === undefined
      ? this.#reserveSoon(key, owner, demand, defaults)
      : this.#admit(plan, demand, nowMs);
  }

  stats() {
    let leases = 0;
    for (const pool of this.#pools.values()) if (pool.available > 0) leases += 1;
    return { reservations: this.#reservations.size, leases, isAlone: this.#exchange.isAlone };
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#rules.close();
    await this.#exchange.close();
  }

  async #reserveSoon(
    key: string,
    owner: UsageOwner,
    demand: LimitDemand,
    defaults: LimitDefaults,
  ): Promise<Reservation> {
    const subjects = subjectsOf(owner);
    for (let reading = 0; reading < MAX_READINGS; reading += 1) {
      try {
        await this.#rules.load(subjects);
      } catch (error) {
        throw limitsUnavailable(error);
      }
      const nowMs = this.#nowMs();
      const plan = this.#plan(key, owner, defaults, nowMs);
      if (plan !== undefined) return this.#admit(plan, demand, nowMs);
    }
    throw limitsUnavailable(new Error("the rules of limits never came to rest"));
  }

  /** The plan of a caller by the rules as known; undefined when they must be read first. */
  #plan(key: string, owner: UsageOwner, defaults: LimitDefaults, nowMs: number): LimitPlan | undefined {
    const subjects = subjectsOf(owner);
    if (!this.#rules.isFresh(subjects)) return undefined;
    const known = this.#plans.get(key);
    const freshUntilMs = nowMs + RECHECK_MS;
    if (known !== undefined && known.version === this.#rules.version && known.defaults === defaults) {
      known.freshUntilMs = freshUntilMs;
      known.usedAtMs = nowMs;
      for (const pool of known.pools) this.#keep(pool, nowMs);
      return known;
    }
    const pools: QuotaPool[] = [];
    for (const subject of subjects) {
      const limits = effectiveLimits(subject, this.#rules.find(subject), defaults);
      for (const name of LIMIT_NAMES) {
        const limit = limits[name];
        if (limit !== undefined) pools.push(this.#pool(subject, name, limit, nowMs));
      }
    }
    const { version } = this.#rules;
    const budget = pools.find(({ kind }) => kind === "budget");
    const plan: LimitPlan = { pools, defaults, budget, freshUntilMs, version, usedAtMs: nowMs };
    this.#plans.set(key, plan);
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
    return plan;
  }

  #pool(subject: LimitSubject, name: LimitName, limit: number, nowMs: number): QuotaPool {
    const key = `${subject.orgId}/${subject.type}/${subject.id}/${name}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      this.#leases += 1;
      pool = new QuotaPool(subject, name, limit, `${this.#processId}.${this.#leases}`);
      pool.enterMonth(monthStartMs(nowMs));
      this.#pools.set(key, pool);
    }
    if (pool.limit !== limit) {
      pool.changeLimit(limit);
      if (pool.wantsCall) this.#exchange.nudge();
    }
    this.#keep(pool, nowMs);
    return pool;
  }

  #keep(pool: QuotaPool, nowMs: number): void {
    pool.lastUsedMs = nowMs;
    this.#exchange.add(pool);
  }

  #admit(plan: LimitPlan, demand: LimitDemand, nowMs: number): Reservation | Promise<Reservation> {
    if (plan.pools.length === 0) return UNLIMITED;
    if (nowMs >= this.#monthEndMs) this.#enterMonth(nowMs);
    if (plan.budget !== undefined && demand.costMicros === null) {
      this.#count(plan.budget);
      throw modelUnpriced(plan.budget.subject, demand.model);
    }
    const pools: QuotaPool[] = [];
    const units: number[] = [];
    let isHere = true;
    for (const pool of plan.pools) {
      const count = unitsOf(pool, demand);
      if (count === 0) continue;
      if (count > pool.limit || pool.isHopeless(count, nowMs)) throw this.#refusal(plan, pool, count);
      pools.push(pool);
      units.push(count);
      if (isHere && !pool.fits(count, nowMs)) isHere = false;
    }
    if (pools.length === 0) return UNLIMITED;
    if (isHere) return this.#take(pools, units, nowMs);
    if (this.#exchange.isAlone) return this.#takeAlone(plan, pools, units, undefined);
    return this.#wait(plan, pools, units);
  }

  #take(pools: readonly QuotaPool[], units: readonly number[], nowMs: number): Reservation {
    const parts: HeldPart[] = [];
    let wantsCall = false;
    for (let at = 0; at < pools.length; at += 1) {
      const [pool, count] = [pools[at], units[at]];
      if (pool === undefined || count === undefined) continue;
      pool.take(count);
      wantsCall ||= pool.wantsCall;
      parts.push({ pool, units: count, epoch: pool.epoch });
    }
    if (wantsCall) this.#exchange.nudge();
    return this.#hold(parts, nowMs);
  }

  #hold(parts: readonly HeldPart[], nowMs: number): Reservation {
    const reservation = new LimitReservation(parts, nowMs, this.#host);
    this.#reservations.add(reservation);
    return reservation;
  }

  #wait(plan: LimitPlan, pools: readonly QuotaPool[], units: readonly number[]): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      const decide = (work: () => Reservation) => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      };
      const waiter: Waiter = {
        plan,
        pools,
        units,
        sinceMs: performance.now(),
        notBeforeMs: 0,
        grant: () => resolve(this.#take(pools, units, this.#nowMs())),
        refuse: (pool) => {
          const count = units[pools.indexOf(pool)] ?? 1;
          pool.noteRefusal(count, this.#nowMs());
          reject(this.#refusal(plan, pool, count));
        },
        decideAlone: (cause) => decide(() => this.#takeAlone(plan, pools, units, cause)),
        fail: (cause) => reject(limitsUnavailable(cause)),
      };
      this.#exchange.wait(waiter);
    });
  }

  /** Decides by what this process may hand out while the shared counters are away. */
  #takeAlone(
    plan: LimitPlan,
    pools: readonly QuotaPool[],
    units: readonly number[],
    cause: unknown,
  ): Reservation {
    const nowMs = this.#nowMs();
    for (const [at, pool] of pools.entries()) {
      const count = units[at] ?? 0;
      if (pool.fitsAlone(count, nowMs)) continue;
      limitMetrics().decidedAlone.inc({ decision: "refused" });
      if (pool.kind === "budget") throw limitsUnavailable(cause);
      throw this.#refusal(plan, pool, count, pool.kind === "rate" ? pool.aloneEndsInMs(nowMs) : undefined);
    }
    limitMetrics().decidedAlone.inc({ decision: "admitted" });
    const parts = pools.map((pool, at) => {
      const count = units[at] ?? 0;
      return { pool, units: count, epoch: pool.takeAlone(count, nowMs) };
    });
    return this.#hold(parts, nowMs);
  }

  #refusal(plan: LimitPlan, pool: QuotaPool, units: number, retryAfterMs?: number) {
    const nowMs = this.#nowMs();
    this.#count(pool);
    return limitReached(pool.subject, pool.name, {
      limit: pool.limit,
      units,
      retryAfterMs: retryAfterMs ?? Math.max(0, pool.windowEndMs - nowMs),
      headers: limitHeaders(plan.pools, nowMs),
    });
  }

  #count({ subject, name }: QuotaPool): void {
    limitMetrics().refusals.inc({ subject: subject.type, limit: name });
  }

  #end(reservation: LimitReservation): void {
    this.#reservations.delete(reservation);
    if (reservation.parts.some(({ pool }) => pool.wantsCall)) this.#exchange.nudge();
    else this.#exchange.expectTick();
  }

  #enterMonth(nowMs: number): void {
    this.#monthEndMs = monthEndMs(nowMs);
    for (const pool of this.#pools.values()) pool.enterMonth(monthStartMs(nowMs));
  }

  /** Gives back reservations that were forgotten, and forgets plans and pools that nobody uses. */
  #sweep(): void {
    const nowMs = this.#nowMs();
    this.#reservations.visit((reservation) => {
      if (nowMs - reservation.madeAtMs < this.#reservationTimeoutMs) return;
      limitMetrics().timedOut.inc();
      logger.warn({ feature: "limits" }, "a reservation was never ended: it is given back");
      reservation.release();
    });
    for (const [key, { usedAtMs }] of this.#plans) {
      if (nowMs - usedAtMs > PLAN_KEEP_MS) this.#plans.delete(key);
    }
    for (const [key, pool] of this.#pools) {
      if (nowMs - pool.lastUsedMs < 2 * PLAN_KEEP_MS || !pool.isSpent(nowMs) || pool.reserved > 0) continue;
      this.#pools.delete(key);
      this.#exchange.forget(pool);
    }
  }
}
