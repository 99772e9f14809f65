import { targetKey } from "../config/resolve-model.ts";
import type { BreakerConfig, ModelTarget } from "../config/router-config.ts";
import type { UpstreamError } from "../upstreams/upstream-error.ts";
import { Breaker, type BreakerState } from "./breaker.ts";
import { judgeFailure } from "./judge-failure.ts";

/** Without a wait named by the upstream, a target over its rate is left alone for so long. */
const DEFAULT_COOLDOWN_MS = 1_000;

/** A slow answer is forgotten by half in about this time times 0.7. */
const DECAY_MS = 10_000;

/** Requests an upstream itself says it has. */
export interface UpstreamLoad {
  readonly running: number;
  readonly waiting: number;
  /** Share (0 to 1) of its cache for keys and values that is taken. */
  readonly cacheUse: number | undefined;
}

/** The live state of a target, as it is shown. */
export interface TargetSnapshot {
  readonly key: string;
  readonly breaker: BreakerState;
  /** Milliseconds until it may be asked again; 0 when now. */
  readonly waitMs: number;
  readonly inFlight: number;
  readonly firstTokenMs: number | undefined;
  readonly calls: number;
  readonly failures: number;
  readonly lastFault: string | undefined;
}

/** One call on its way. */
export interface TargetCall {
  /** The first real output came after so long. */
  firstToken(afterMs: number): void;
  /** The call is over; without an error it went well. Later calls of this do nothing. */
  end(error: UpstreamError | undefined): void;
}

/** What is known of one target at this moment: load, speed, health. */
export class TargetState {
  readonly key: string;
  readonly #breaker: Breaker;
  #coolUntilMs = 0;
  #isRateLimited = false;
  #inFlight = 0;
  /** Peak-sensitive moving average of the time to the first token, ms. */
  #firstTokenMs: number | undefined;
  #sampledAtMs = 0;
  #calls = 0;
  #failures = 0;
  #lastFault: string | undefined;
  readonly #now: () => number;

  constructor(key: string, breaker: BreakerConfig, now: () => number) {
    this.key = key;
    this.#breaker = new Breaker(breaker);
    this.#now = now;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** True while it is left alone for its rate, not for its health. */
  get isRateLimited(): boolean {
    return this.#isRateLimited && this.#coolUntilMs > this.#now();
  }

  configure(breaker: BreakerConfig): void {
    this.#breaker.configure(breaker);
  }

  /** Milliseconds until it may be asked; 0 when now. */
  waitMs(): number {
    const nowMs = this.#now();
    return Math.max(this.#coolUntilMs - nowMs, this.#breaker.waitMs(nowMs), 0);
  }

  /**
   * Expected time to the first token, ms: the moving average, decayed since its last sample so that a target that was
   * slow once is tried again (peak EWMA, as in Twitter's Finagle). 0 while nothing is known.
   */
  expectedFirstTokenMs(): number {
    if (this.#firstTokenMs === undefined) return 0;
    return this.#firstTokenMs * Math.exp(-(this.#now() - this.#sampledAtMs) / DECAY_MS);
  }

  begin(): TargetCall {
    const wasProbe = this.#breaker.begin();
    this.#inFlight += 1;
    this.#calls += 1;
    let isOver = false;
    return {
      firstToken: (afterMs) => this.#sample(afterMs),
      end: (error) => {
        if (isOver) return;
        isOver = true;
        this.#inFlight -= 1;
        this.#judge(error, wasProbe);
      },
    };
  }

  snapshot(): TargetSnapshot {
    const nowMs = this.#now();
    return {
      key: this.key,
      breaker: this.#breaker.state(nowMs),
      waitMs: Math.ceil(this.waitMs()),
      inFlight: this.#inFlight,
      firstTokenMs: this.#firstTokenMs === undefined ? undefined : this.expectedFirstTokenMs(),
      calls: this.#calls,
      failures: this.#failures,
      lastFault: this.#lastFault,
    };
  }

  #sample(afterMs: number): void {
    const expected = this.expectedFirstTokenMs();
    const nowMs = this.#now();
    const weight = Math.exp(-(nowMs - this.#sampledAtMs) / DECAY_MS);
    // A peak counts at once, an improvement bit by bit.
    this.#firstTokenMs =
      this.#firstTokenMs === undefined || afterMs > expected
        ? afterMs
        : this.#firstTokenMs * weight + afterMs * (1 - weight);
    this.#sampledAtMs = nowMs;
  }

  #judge(error: UpstreamError | undefined, wasProbe: boolean): void {
    if (error === undefined) {
      this.#breaker.succeeded(wasProbe);
      return;
    }
    const nowMs = this.#now();
    const verdict = judgeFailure(error, Date.now());
    if (error.fault !== "cancelled") {
      this.#failures += 1;
      this.#lastFault = error.upstreamStatus === undefined ? error.fault : `status ${error.upstreamStatus}`;
    }
    if (verdict.waitMs !== undefined || verdict.isRateLimit) {
      const waitMs = verdict.waitMs ?? DEFAULT_COOLDOWN_MS;
      this.#coolUntilMs = Math.max(this.#coolUntilMs, nowMs + waitMs);
      this.#isRateLimited = verdict.isRateLimit;
    }
    if (verdict.isTargetFault) this.#breaker.failed(nowMs, wasProbe);
    else this.#breaker.undecided(wasProbe);
  }
}

/** The states of all targets of a router; they outlive a change of the configuration. */
export class TargetBook {
  #states = new Map<string, TargetState>();
  #breaker: BreakerConfig;
  readonly #now: () => number;

  constructor(breaker: BreakerConfig, now: () => number = () => performance.now()) {
    this.#breaker = breaker;
    this.#now = now;
  }

  of(target: ModelTarget): TargetState {
    const key = targetKey(target);
    let state = this.#states.get(key);
    if (state === undefined) {
      state = new TargetState(key, this.#breaker, this.#now);
      this.#states.set(key, state);
    }
    return state;
  }

  /** Takes new limits and forgets the targets that are no longer served and idle. */
  configure(breaker: BreakerConfig, served: Iterable<ModelTarget>): void {
    this.#breaker = breaker;
    const kept = new Set(Array.from(served, targetKey));
    for (const [key, state] of this.#states) {
      if (kept.has(key)) state.configure(breaker);
      else if (state.inFlight === 0) this.#states.delete(key);
    }
  }
}
