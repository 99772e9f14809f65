import type { LeaseAnswer, LeaseItem, QuotaKind } from "./lease-backend.ts";
import { LIMIT_KINDS, type LimitName, type LimitSubject, quotaName } from "./limit-rules.ts";

/** Idle units are kept for so much of the recent demand, */
const KEEP_MS = 300;
/** or for so much while what is left would do for so many times that: nobody misses them, and calls are spared. */
const PLENTY_KEEP_MS = 1_000;
const PLENTY_TIMES = 64;
/** Idle units of which there is plenty are told, and given back, within so long; others wait longer than that for them. */
const PLENTY_TICK_MS = 500;
/** Idle units are at most this part of what is left for everybody, */
const KEEP_SHARE = 16;
/** and none when less is left than so many requests of the present size take. */
const KEEP_REQUESTS = 64;
/** The recent demand halves in so long. */
const DEMAND_HALF_LIFE_MS = 200;
const SHORTEST_SPAN_MS = 100;
/** Fewer idle units than that are not worth a call to have more. */
const REFILL_MIN = 4;
/** A call is made when fewer than so much of the idle units is left; quotas with fewer than that times more go along. */
const REFILL_SHARE = 0.5;
const JOIN_TIMES = 1.5;
/** A refusal stands for so long without asking again. */
const REFUSED_MS = 25;
/** Part of a limit a process may use that has no lease while the counters are away. */
const ALONE_SHARE = 8;
const MINUTE_MS = 60_000;

/** Marks units taken while the shared counters were away. */
export const ALONE_EPOCH = -2;

/**
 * The units of one quota in the hands of this process. `available` ones are idle, `reserved` ones belong to running
 * requests, `used` ones are used up in the present window. Pure bookkeeping: calls are made by the lease exchange.
 */
export class QuotaPool {
  readonly subject: LimitSubject;
  readonly name: LimitName;
  readonly quota: string;
  readonly kind: QuotaKind;
  readonly leaseId: string;
  limit: number;
  available = 0;
  reserved = 0;
  /** Units left for everybody at the last answer; Infinity before it. */
  left = Number.POSITIVE_INFINITY;
  othersIdle = 0;
  /** Idle units may be taken before this moment only. */
  usableUntilMs = 0;
  /** End of a rate's window by this process's clock. */
  windowEndMs = 0;
  /** The month's spending from the usage rows, to be told with the next call. */
  seed: number | null = null;
  isSeeded = true;
  /** True when the next call should carry this quota although no request waits for it. */
  wantsCall = false;
  lastUsedMs = 0;

  #windowMs = -1;
  #monthMs = 0;
  #used = 0;
  #toldUsed = 0;
  #toldHeld = 0;
  /** Idle units that wait for an answer. */
  #frozenIdle = 0;
  #taken = 0;
  /** Units of the largest request of late. */
  #largest = 0;
  #demandPerMs = 0;
  #calledAtMs = 0;
  #refillBelow = 0;
  #refusedUnits = Number.POSITIVE_INFINITY;
  #refusedUntilMs = 0;
  #leasedBefore = 0;
  #aloneStartMs = 0;
  #aloneTaken = 0;
  #aloneShare = 0;

  constructor(subject: LimitSubject, name: LimitName, limit: number, leaseId: string) {
    this.subject = subject;
    this.name = name;
    this.limit = limit;
    this.quota = quotaName(subject, name);
    this.kind = LIMIT_KINDS[name].kind;
    this.leaseId = leaseId;
  }

  /** Which window, or month, units taken now belong to. */
  get epoch(): number {
    if (this.kind === "rate") return this.#windowMs;
    return this.#monthMs;
  }

  /** Units that may be taken at once. */
  fits(units: number, nowMs: number): boolean {
    return units <= this.available && nowMs < this.usableUntilMs;
  }

  /** Takes idle units, which must fit; requests are used up by that, everything else is reserved. */
  take(units: number): void {
    this.available -= units;
    this.#taken += units;
    if (units > this.#largest) this.#largest = units;
    if (this.name === "requestsPerMinute") this.#used += units;
    else this.reserved += units;
    if (this.available < this.#refillBelow) this.wantsCall = true;
  }

  /** Ends a reservation of units: those not used become idle. Units of a window that is over are nobody's any more. */
  settle(epoch: number, units: number, used: number): void {
    if (epoch === ALONE_EPOCH) {
      this.#aloneTaken += used - units;
      return;
    }
    if (this.kind !== "rate") this.reserved -= units;
    if (epoch !== this.epoch) return;
    if (this.kind === "rate") this.reserved -= units;
    this.#used += used;
    this.available += Math.max(0, units - used);
    if (used < units) this.#refusedUntilMs = 0;
    // A slot that is scarce goes back at once: another process may be asked for it in a moment.
    if (this.kind === "slots" && this.available > this.#share()) this.wantsCall = true;
  }

  /** A request for so many units was refused: the next ones, asked at once, would be too. */
  noteRefusal(units: number, nowMs: number): void {
    this.#refusedUnits = units;
    this.#refusedUntilMs = nowMs + REFUSED_MS;
  }

  /** True when asking for the units is known to be in vain. */
  isHopeless(units: number, nowMs: number): boolean {
    return nowMs < this.#refusedUntilMs && units >= this.#refusedUnits && units > this.available;
  }

  /** Sets another limit; idle units of a larger one are given back. */
  changeLimit(limit: number): void {
    if (limit < this.limit) {
      this.available = 0;
      this.wantsCall = true;
    }
    this.limit = limit;
    this.#refusedUntilMs = 0;
  }

  /** Closes the books of a month that is over; reservations of running requests stay until they end. */
  enterMonth(monthMs: number): void {
    if (this.kind !== "budget" || monthMs === this.#monthMs) return;
    this.#monthMs = monthMs;
    this.available = 0;
    this.#frozenIdle = 0;
    this.#used = 0;
    this.#toldUsed = 0;
    this.#windowMs = -1;
    this.seed = null;
  }

  /** True when the shared counters do not know the present state. */
  isDirty(nowMs: number): boolean {
    if (this.kind === "rate" && nowMs >= this.windowEndMs) return false;
    return this.available > 0 || this.#used !== this.#toldUsed || this.#held() !== this.#toldHeld;
  }

  /** True when a call that is made anyway should bring more idle units of this quota as well. */
  get wouldJoin(): boolean {
    return this.available < this.#refillBelow * JOIN_TIMES;
  }

  /** Milliseconds for which the shared counters need not hear of this quota, since plenty is left of it; 0 otherwise. */
  restMs(nowMs: number): number {
    return this.#isPlenty() ? Math.max(0, this.#calledAtMs + PLENTY_TICK_MS - nowMs) : 0;
  }

  /** True when a lease must be renewed so that nobody takes this process for dead. */
  needsRenewal(nowMs: number, ttlMs: number): boolean {
    return this.kind !== "rate" && this.#held() > 0 && nowMs - this.#calledAtMs > ttlMs / 3;
  }

  /** The line of a call about this quota; idle units beyond the demand are given back with it. */
  ask(nowMs: number, options: { readonly isAsking: boolean; readonly isLast: boolean }): LeaseItem {
    const spanMs = Math.max(SHORTEST_SPAN_MS, nowMs - this.#calledAtMs);
    this.#demandPerMs = Math.max(
      this.#taken / spanMs,
      this.#demandPerMs * 0.5 ** (spanMs / DEMAND_HALF_LIFE_MS),
    );
    this.#taken = 0;
    this.#calledAtMs = nowMs;
    this.wantsCall = false;
    if (this.kind === "rate" ? nowMs >= this.windowEndMs : nowMs >= this.usableUntilMs) this.available = 0;
    const keep = options.isLast ? 0 : this.#keep();
    if (!options.isAsking) this.available = Math.min(this.available, keep);
    const idle = this.available;
    const held = this.#held();
    if (options.isAsking) {
      // Laid open to be dealt out anew: whoever took one of them now would take a unit that is granted twice.
      this.#frozenIdle = idle;
      this.available = 0;
    }
    const demand = this.#demand();
    this.#largest *= 0.8;
    return {
      orgId: this.subject.orgId,
      quota: this.quota,
      kind: this.kind,
      limit: this.limit,
      leaseId: this.leaseId,
      windowMs: this.#windowMs,
      monthMs: this.#monthMs,
      reported: this.#used,
      held,
      idle,
      wanted: options.isLast ? 0 : Math.max(0, demand - (options.isAsking ? 0 : idle)),
      isAsking: options.isAsking,
      isFrozen: options.isAsking,
      isLast: options.isLast,
      seed: this.seed,
    };
  }

  /** Takes over the answer to {@link ask}. `sentMs` is when it was asked: leases run from then, which is the safe side. */
  apply(item: LeaseItem, answer: LeaseAnswer, sentMs: number, ttlMs: number): void {
    this.#frozenIdle = 0;
    if (answer.isStale) return;
    const isNewWindow = answer.windowMs !== this.#windowMs;
    if (isNewWindow) this.#enterWindow(answer.windowMs);
    else this.#toldUsed = item.reported;
    this.available += answer.granted + answer.extra;
    const kept = isNewWindow && this.kind === "rate" ? 0 : item.held - (item.isFrozen ? item.idle : 0);
    this.#toldHeld = kept + answer.granted + answer.extra;
    this.left = answer.left;
    if (answer.left >= this.#refusedUnits) this.#refusedUntilMs = 0;
    this.othersIdle = answer.othersIdle;
    this.isSeeded = answer.isSeeded;
    if (answer.isSeeded) this.seed = null;
    this.windowEndMs = this.kind === "rate" ? sentMs + answer.endsInMs : Number.POSITIVE_INFINITY;
    this.usableUntilMs = this.kind === "rate" ? this.windowEndMs : sentMs + ttlMs;
    this.#refillBelow = this.available >= REFILL_MIN ? this.available * REFILL_SHARE : 0;
    // So little is left that others may miss what is idle here.
    if (!item.isAsking && this.available > this.#share()) this.wantsCall = true;
  }

  /** A call failed: idle units that were laid open in it are usable again, as the lease says. */
  keepAfterFailure(): void {
    this.available += this.#frozenIdle;
    this.#frozenIdle = 0;
  }

  /** Units one may still have, as a header tells it. */
  remaining(nowMs: number): number {
    if (this.kind === "rate" && nowMs >= this.windowEndMs) return this.limit;
    return Math.max(0, Math.min(this.limit, this.left + this.available));
  }

  /** Begins counting without the shared counters. */
  beginAlone(nowMs: number): void {
    const leased = this.#used + this.reserved + this.available;
    const share = Math.max(leased, this.#leasedBefore, Math.ceil(this.limit / ALONE_SHARE));
    this.#aloneShare = Math.min(this.limit, share);
    const isCurrent = this.kind === "rate" && nowMs < this.windowEndMs;
    this.#aloneStartMs = isCurrent ? this.windowEndMs - MINUTE_MS : nowMs;
    this.#aloneTaken = isCurrent ? this.#used + this.reserved : 0;
    // Idle units of a rate are part of the share from now on.
    if (this.kind === "rate") this.available = 0;
  }

  /** True when a process that counts by itself may hand the units out. */
  fitsAlone(units: number, nowMs: number): boolean {
    if (this.kind === "budget") return this.fits(units, nowMs);
    if (this.#aloneShare === 0) this.beginAlone(nowMs);
    const share = Math.min(this.limit, this.#aloneShare);
    if (this.kind === "slots") return this.reserved + units <= share;
    if (nowMs >= this.#aloneStartMs + MINUTE_MS) {
      this.#aloneStartMs = nowMs;
      this.#aloneTaken = 0;
    }
    // One request that is larger than the share may pass in a minute of its own: it would never pass otherwise.
    return this.#aloneTaken + units <= share || (this.#aloneTaken === 0 && units <= this.limit);
  }

  /** Takes units that {@link fitsAlone}; returns the epoch they are settled with. */
  takeAlone(units: number, nowMs: number): number {
    if (this.kind === "rate") {
      this.#aloneTaken += units;
      // The shared counters hear of it when they are back within the window.
      if (nowMs < this.windowEndMs) this.#used += units;
      return ALONE_EPOCH;
    }
    const idle = Math.min(this.available, units);
    this.available -= idle;
    this.reserved += units;
    return this.epoch;
  }

  /** Milliseconds until the local share of a rate begins anew. */
  aloneEndsInMs(nowMs: number): number {
    return Math.max(0, this.#aloneStartMs + MINUTE_MS - nowMs);
  }

  /** Ends counting alone. */
  endAlone(): void {
    this.#aloneShare = 0;
  }

  /** True when nothing is held and nothing untold: the pool may be forgotten. */
  isSpent(nowMs: number): boolean {
    if (this.kind === "rate" && nowMs >= this.windowEndMs) return true;
    return this.reserved === 0 && !this.isDirty(nowMs) && this.#toldHeld === 0;
  }

  #held(): number {
    return this.available + this.reserved + this.#frozenIdle;
  }

  /** Idle units this process may have of what is left. */
  #share(): number {
    const left = Math.min(this.left, this.limit) + this.available;
    return left < KEEP_REQUESTS * this.#largest ? 0 : Math.floor(left / KEEP_SHARE);
  }

  /** Idle units worth keeping. */
  #keep(): number {
    return Math.min(this.#share(), this.#demand());
  }

  /** Units that requests to come will take before the next call. */
  #demand(): number {
    return Math.floor(this.#demandPerMs * (this.#isPlenty() ? PLENTY_KEEP_MS : KEEP_MS));
  }

  #isPlenty(): boolean {
    const dear = Math.max(this.#demandPerMs * PLENTY_KEEP_MS, KEEP_SHARE * this.#largest);
    return Number.isFinite(this.left) && this.left >= PLENTY_TIMES * dear;
  }

  #enterWindow(windowMs: number): void {
    if (this.kind === "rate") {
      this.#leasedBefore = this.#windowMs === -1 ? 0 : this.#used + this.reserved + this.available;
      this.#used = 0;
      this.reserved = 0;
      this.available = 0;
    } else {
      // The counter was made anew: what it was told is in its seed, the rest is still to be told.
      this.#used -= this.#toldUsed;
    }
    this.#toldUsed = 0;
    this.#windowMs = windowMs;
  }
}
