import { accessChanges } from "./access-changes.ts";
import { findPrincipalByKeyHash } from "./queries/principals.ts";
import type { Principal } from "./schema.ts";

/** A principal is used without a look into the database for this long at most. */
const KEPT_MS = 2_000;

/** From this age on the next use asks the database again, without waiting for it. */
const REFRESH_MS = 1_000;

/** Keys remembered at most. */
const KEYS_MAX = 4_096;

interface Kept {
  readonly principal: Principal;
  readonly askedAtMs: number;
  readonly changes: number;
}

/** The database and the clock. */
export interface KeyCheckDeps {
  readonly find: (keyHash: string) => Promise<Principal | null>;
  readonly nowMs: () => number;
}

/**
 * Finds the principal of a key by the key's hash, from memory where that is not older than two seconds.
 *
 * A change of rights in this process voids the memory at once; one in another process acts within two seconds. Keys
 * that are not good are not remembered. Calls for one key at the same time share one look-up.
 */
export class KeyCheck {
  #deps: KeyCheckDeps;
  #kept = new Map<string, Kept>();
  #asked = new Map<string, { readonly changes: number; readonly answer: Promise<Principal | null> }>();

  constructor(deps: KeyCheckDeps = { find: findPrincipalByKeyHash, nowMs: () => performance.now() }) {
    this.#deps = deps;
  }

  /** @returns null for a key that is not good; at once, without a promise, when it is remembered. */
  find(keyHash: string): Principal | null | Promise<Principal | null> {
    const kept = this.#kept.get(keyHash);
    if (kept !== undefined && kept.changes === accessChanges()) {
      const ageMs = this.#deps.nowMs() - kept.askedAtMs;
      if (ageMs <= REFRESH_MS) return kept.principal;
      if (ageMs <= KEPT_MS) {
        // While the database is away the key stays good until its two seconds are over; then callers see the error.
        this.#ask(keyHash).catch(() => {});
        return kept.principal;
      }
    }
    return this.#ask(keyHash);
  }

  #ask(keyHash: string): Promise<Principal | null> {
    const changes = accessChanges();
    const running = this.#asked.get(keyHash);
    // One begun before a change may answer with the rights from before it.
    if (running?.changes === changes) return running.answer;
    const askedAtMs = this.#deps.nowMs();
    const answer = this.#deps
      .find(keyHash)
      .then((principal) => {
        this.#keep(keyHash, principal, { askedAtMs, changes });
        return principal;
      })
      .finally(() => {
        if (this.#asked.get(keyHash)?.answer === answer) this.#asked.delete(keyHash);
      });
    this.#asked.set(keyHash, { changes, answer });
    return answer;
  }

  #keep(keyHash: string, principal: Principal | null, asked: Omit<Kept, "principal">): void {
    // Deleted first: a Map gives its entries in the order of their making, oldest first.
    this.#kept.delete(keyHash);
    if (principal === null || asked.changes !== accessChanges()) return;
    this.#kept.set(keyHash, { principal, ...asked });
    if (this.#kept.size <= KEYS_MAX) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}
