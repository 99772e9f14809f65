import type { Principal } from "./schema.ts";

/** Runs a route's work for a caller; the signal ends it. */
export type RunWork = (caller: Principal | null, signal: AbortSignal) => Promise<unknown>;

/** Work that has begun for whom a request seems to come from; what it finds is nobody's until the check agrees. */
export class EarlyWork {
  readonly #caller: Principal;
  readonly #dropped = new AbortController();
  readonly #value: Promise<unknown>;

  constructor(caller: Principal, run: RunWork) {
    this.#caller = caller;
    this.#value = run(caller, this.#dropped.signal);
    // Whoever takes it hears of its failure; dropped work fails unheard.
    this.#value.catch(() => {});
  }

  /** The work's value if it was done for this very caller with these very rights; undefined if not. */
  valueFor(checked: Principal | null): Promise<unknown> | undefined {
    return JSON.stringify(checked) === JSON.stringify(this.#caller) ? this.#value : undefined;
  }

  /** Ends it when nobody waits for its value any more. */
  drop(): void {
    this.#dropped.abort();
  }
}
