import { logger } from "../../platform/log.ts";
import { type LimitSubject, type SetLimits, subjectKey } from "./limit-rules.ts";
import { withTimeout } from "./with-timeout.ts";

/** Finds what is set for subjects; those without a rule are left out. */
export type FindRules = (
  subjects: readonly LimitSubject[],
) => Promise<readonly { readonly subject: LimitSubject; readonly limits: SetLimits }[]>;

/** A rule older than this is read again before it is used. */
const FRESH_MS = 2_000;
/** Rules in use are read again so often, all in one statement. */
const REFRESH_MS = 1_000;
/** Rules unused for so long are forgotten. */
const KEEP_MS = 60_000;
const MAX_SUBJECTS = 1_000;
/** Longest wait for the database; a caller whose rules are unknown is refused after it. */
const TIMEOUT_MS = 5_000;

interface Entry {
  readonly subject: LimitSubject;
  limits: SetLimits | undefined;
  text: string;
  readAtMs: number;
  usedAtMs: number;
}

// Next bundles this module a second time into its route handlers; a change made there must reach every book.
const holder = globalThis as typeof globalThis & { vouchRuleBooks?: Set<RuleBook> };

/** Tells every rule book of this process that the rule of a subject changed. */
export function noteRuleChange(subject: LimitSubject): void {
  for (const book of holder.vouchRuleBooks ?? []) book.forget(subject);
}

/**
 * The rules in use, kept for at most two seconds: a change made in this process acts at once, one made elsewhere within
 * that time. While the database is away the rules last read stay in force.
 */
export class RuleBook {
  /** Rises when any rule changed. */
  version = 0;
  /** Rises when somebody changed a rule in this process. */
  #changes = 0;
  readonly #find: FindRules;
  readonly #entries = new Map<string, Entry>();
  #pending = new Map<string, LimitSubject>();
  #loading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(find: FindRules) {
    this.#find = find;
    holder.vouchRuleBooks ??= new Set();
    holder.vouchRuleBooks.add(this);
  }

  /** True when the rules of all subjects are known and young enough. */
  isFresh(subjects: readonly LimitSubject[]): boolean {
    const now = performance.now();
    return subjects.every((subject) => {
      const entry = this.#entries.get(subjectKey(subject));
      if (entry !== undefined) entry.usedAtMs = now;
      return entry !== undefined && now - entry.readAtMs < FRESH_MS;
    });
  }

  /** What is set for a subject, as last read. */
  find(subject: LimitSubject): SetLimits | undefined {
    return this.#entries.get(subjectKey(subject))?.limits;
  }

  /**
   * Reads the rules of the subjects; calls of the same moment share one statement.
   *
   * @throws what the database threw, unless all of them are known from before.
   */
  async load(subjects: readonly LimitSubject[]): Promise<void> {
    for (const subject of subjects) this.#pending.set(subjectKey(subject), subject);
    this.#loading ??= nextTurn().then(() => {
      const wanted = [...this.#pending.values()];
      this.#pending = new Map();
      this.#loading = undefined;
      return this.#read(wanted);
    });
    await this.#loading;
  }

  /** Forgets what is known of a subject. */
  forget(subject: LimitSubject): void {
    this.#entries.delete(subjectKey(subject));
    this.version += 1;
    this.#changes += 1;
  }

  close(): void {
    clearInterval(this.#timer);
    holder.vouchRuleBooks?.delete(this);
  }

  async #read(subjects: readonly LimitSubject[]): Promise<void> {
    const readAtMs = performance.now();
    const changes = this.#changes;
    try {
      const found = new Map<string, SetLimits>();
      for (let at = 0; at < subjects.length; at += MAX_SUBJECTS) {
        const part = subjects.slice(at, at + MAX_SUBJECTS);
        for (const { subject, limits } of await withTimeout(this.#find(part), TIMEOUT_MS)) {
          found.set(subjectKey(subject), limits);
        }
      }
      // A change of the meantime may or may not be in what was read: the caller sees an unfresh entry and reads again.
      if (changes !== this.#changes) return;
      for (const subject of subjects) this.#learn(subject, found.get(subjectKey(subject)), readAtMs);
    } catch (error) {
      const known = subjects.map((subject) => this.#entries.get(subjectKey(subject)));
      if (known.some((entry) => entry === undefined)) throw error;
      logger.warn(
        { error, feature: "limits" },
        "rules of limits cannot be read: the known ones stay in force",
      );
      for (const entry of known) if (entry !== undefined) entry.readAtMs = performance.now();
    }
    this.#keepReading();
  }

  #learn(subject: LimitSubject, limits: SetLimits | undefined, readAtMs: number): void {
    const key = subjectKey(subject);
    const text = JSON.stringify(limits ?? null);
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, { subject, limits, text, readAtMs, usedAtMs: readAtMs });
      return;
    }
    entry.readAtMs = readAtMs;
    if (entry.text === text) return;
    entry.limits = limits;
    entry.text = text;
    this.version += 1;
  }

  #keepReading(): void {
    this.#timer ??= setInterval(() => {
      const now = performance.now();
      for (const [key, { usedAtMs }] of this.#entries) {
        if (now - usedAtMs > KEEP_MS) this.#entries.delete(key);
      }
      const used = [...this.#entries.values()].filter(({ usedAtMs }) => now - usedAtMs < 2 * FRESH_MS);
      if (used.length > 0) void this.#read(used.map(({ subject }) => subject));
    }, REFRESH_MS);
    this.#timer.unref();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
