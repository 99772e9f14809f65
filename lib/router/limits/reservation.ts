import type { Listed } from "../roster.ts";
import { limitHeaders } from "./limit-plan.ts";
import type { LimitUse, Reservation } from "./limiter.ts";
import type { QuotaPool } from "./quota-pool.ts";

/** What a reservation holds of one quota. */
export interface HeldPart {
  readonly pool: QuotaPool;
  readonly units: number;
  readonly epoch: number;
}

/** What reservations tell their limiter. */
export interface ReservationHost {
  readonly nowMs: () => number;
  /** Called once, when it ended. */
  readonly onEnd: (reservation: LimitReservation) => void;
}

/** Units of several quotas, held for one request. */
export class LimitReservation implements Reservation, Listed {
  rosterPlace = -1;
  readonly madeAtMs: number;
  readonly parts: readonly HeldPart[];
  readonly #host: ReservationHost;
  #headers: Record<string, string> | undefined;
  #isOver = false;

  constructor(parts: readonly HeldPart[], madeAtMs: number, host: ReservationHost) {
    this.parts = parts;
    this.madeAtMs = madeAtMs;
    this.#host = host;
  }

  /** As things stand when they are first asked for. */
  get headers(): Record<string, string> {
    this.#headers ??= limitHeaders(
      this.parts.map(({ pool }) => pool),
      this.#host.nowMs(),
    );
    return this.#headers;
  }

  settle({ tokens, costMicros }: LimitUse): void {
    this.#end(whole(tokens), costMicros === null ? null : whole(costMicros));
  }

  release(): void {
    this.#end(0, 0);
  }

  #end(tokens: number, costMicros: number | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { pool, units, epoch } of this.parts) {
      if (pool.name === "tokensPerMinute") pool.settle(epoch, units, tokens);
      else if (pool.name === "monthlyBudgetMicros") pool.settle(epoch, units, costMicros ?? units);
      else if (pool.name === "concurrentStreams") pool.settle(epoch, units, 0);
    }
    this.#host.onEnd(this);
  }
}

function whole(value: number): number {
  return Number.isFinite(value) && value > 0 ? Math.ceil(value) : 0;
}

/** The reservation of a caller without any limit. */
export const UNLIMITED: Reservation = { headers: {}, settle: () => {}, release: () => {} };
