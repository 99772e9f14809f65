import { logger } from "../../platform/log.ts";
import { type AnswerEpoch, findAnswerEpochs } from "../queries/answer-epochs.ts";
import { readAnswerKey } from "./answer-key.ts";

/** How often a process looks for removals while it keeps answers. */
const LOOK_EVERY_MS = 1_000;
/** What was known this long ago does not decide about stored answers any more. */
const FRESH_MS = 3_000;
/** A look that takes longer has failed: requests wait for it. */
const LOOK_TIMEOUT_MS = 1_000;
/** After a look that failed, requests go without stored answers for so long instead of waiting for the next one. */
const REST_MS = 1_000;
/** Looks overlap by this much, for transactions that took long to commit. */
const OVERLAP_MS = 10 * 60_000;
/** No answer is kept longer (`cache.ttlSeconds` in `vouch.yaml`). */
export const LONGEST_TTL_MS = 24 * 60 * 60_000;

/** Knows which stored answers are void because something was taken away since. */
export interface AnswerEpochs {
  /**
   * The organisation's present epoch, part of the key of every stored answer: at once while this process looks
   * regularly, otherwise after a look. Undefined when nobody can say: then no stored answer may be used.
   */
  of(orgId: string): number | undefined | Promise<number | undefined>;
  /** False for a key from before the last removal this process knows of. */
  isCurrent(key: string): boolean;
  /** Looks for removals now. Never rejects. */
  look(): Promise<void>;
  close(): void;
}

/** For a router that keeps answers of nobody's documents. */
export const noEpochs: AnswerEpochs = {
  of: () => 0,
  isCurrent: () => true,
  look: async () => {},
  close: () => {},
};

/** Where epochs come from and what they act on. */
export interface AnswerEpochOptions {
  /** True while answers are kept: only then somebody must look by the clock. */
  readonly isNeeded: () => boolean;
  /** Drops all answers of an organisation. */
  readonly forget: (orgId: string) => void;
}

/** The database and the clock. */
export interface AnswerEpochDeps {
  readonly find: (withinMs: number | undefined) => Promise<readonly AnswerEpoch[]>;
  readonly nowMs: () => number;
}

/**
 * Follows removals through the database: one small statement a second, and none while no answers are kept. A removal acts
 * within a second in other processes, within three when the database is slow; when it cannot be asked, stored answers
 * are not used.
 */
export function followAnswerEpochs(
  options: AnswerEpochOptions,
  deps: AnswerEpochDeps = { find: findAnswerEpochs, nowMs: () => performance.now() },
): AnswerEpochs {
  const epochs = new Map<string, number>();
  let lookedAtMs: number | undefined;
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let isWanted = false;

  const learn = ({ orgId, epoch, ageMs }: AnswerEpoch, isFirstLook: boolean) => {
    if (epochs.get(orgId) === epoch) return;
    epochs.set(orgId, epoch);
    // A process that starts has nothing in memory, but others, now gone, may have left answers in the shared store.
    if (!isFirstLook || ageMs < LONGEST_TTL_MS) options.forget(orgId);
  };
  const lookOnce = async () => {
    const beganAtMs = deps.nowMs();
    const isFirstLook = lookedAtMs === undefined;
    try {
      const withinMs = lookedAtMs === undefined ? undefined : beganAtMs - lookedAtMs + OVERLAP_MS;
      const found = await inTime(deps.find(withinMs));
      for (const epoch of found) learn(epoch, isFirstLook);
      lookedAtMs = beganAtMs;
    } catch (error) {
      restsUntilMs = deps.nowMs() + REST_MS;
      logger.warn({ error, feature: "answer-cache" }, "removals unknown, stored answers rest");
    }
  };
  // A look that began before a removal may not see it: whoever asks while one runs gets the next one.
  const lookAgain = async () => {
    do {
      isWanted = false;
      await lookOnce();
    } while (isWanted);
    running = undefined;
  };
  const look = () => {
    if (running === undefined) running = lookAgain();
    else isWanted = true;
    return running;
  };
  const isFresh = () => lookedAtMs !== undefined && deps.nowMs() - lookedAtMs < FRESH_MS;
  const timer = setInterval(() => {
    if (running === undefined && options.isNeeded()) void look();
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    of(orgId) {
      if (isFresh()) return epochs.get(orgId) ?? 0;
      if (deps.nowMs() < restsUntilMs) return undefined;
      return (running ?? look()).then(() => (isFresh() ? (epochs.get(orgId) ?? 0) : undefined));
    },
    isCurrent(key) {
      const { orgId, epoch } = readAnswerKey(key);
      return (epochs.get(orgId) ?? 0) === epoch;
    },
    look,
    close: () => clearInterval(timer),
  };
}

/** The value, or a failure when it does not come in time. */
async function inTime<Value>(value: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), LOOK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}
