import type { BreakerConfig } from "../config/router-config.ts";

/** State of a breaker as people read it. */
export type BreakerState = "closed" | "open" | "half_open";

/**
 * Keeps calls from a target that fails again and again (the circuit breaker of Nygard, Release It!). Closed, it counts
 * failures in a row; open, it lets nothing through until its window is over; then one probe passes, whose success
 * closes it and whose failure opens it for twice as long.
 */
export class Breaker {
  #config: BreakerConfig;
  #failures = 0;
  #openUntilMs: number | undefined;
  #openForMs: number;
  #isProbing = false;

  constructor(config: BreakerConfig) {
    this.#config = config;
    this.#openForMs = config.openMs;
  }

  /** Takes new limits; the state stays. */
  configure(config: BreakerConfig): void {
    this.#config = config;
  }

  state(nowMs: number): BreakerState {
    if (this.#openUntilMs === undefined) return "closed";
    return nowMs < this.#openUntilMs ? "open" : "half_open";
  }

  /** Milliseconds until a call may pass; 0 when one may now, a probe's time when one is under way. */
  waitMs(nowMs: number): number {
    if (this.#openUntilMs === undefined) return 0;
    if (nowMs < this.#openUntilMs) return this.#openUntilMs - nowMs;
    return this.#isProbing ? this.#config.openMs : 0;
  }

  /** A call goes out; only when `waitMs` is 0. Returns true when it is the probe. */
  begin(): boolean {
    if (this.#openUntilMs === undefined) return false;
    this.#isProbing = true;
    return true;
  }

  succeeded(wasProbe: boolean): void {
    this.#failures = 0;
    // A call from before it opened proves nothing about now.
    if (this.#openUntilMs !== undefined && !wasProbe) return;
    this.#openUntilMs = undefined;
    this.#openForMs = this.#config.openMs;
    this.#isProbing = false;
  }

  failed(nowMs: number, wasProbe: boolean): void {
    if (wasProbe) {
      this.#isProbing = false;
      this.#openForMs = Math.min(this.#openForMs * 2, this.#config.maxOpenMs);
      this.#openUntilMs = nowMs + this.#openForMs;
      return;
    }
    this.#failures += 1;
    // Calls that were under way when it opened say nothing new.
    if (this.#openUntilMs !== undefined || this.#failures < this.#config.failures) return;
    this.#openUntilMs = nowMs + this.#openForMs;
  }

  /** The probe ended without a verdict, as when its client left: the next call is the probe. */
  undecided(wasProbe: boolean): void {
    if (wasProbe) this.#isProbing = false;
  }
}
