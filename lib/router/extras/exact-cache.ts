import { readAnswerKey } from "./answer-key.ts";

/** An answer kept for later, as its JSON text. */
export interface StoredAnswer {
  readonly json: Buffer;
  /** Unix milliseconds. */
  readonly storedAtMs: number;
  /** Unix milliseconds; not given out from then on. */
  readonly expiresAtMs: number;
}

/** A second place for answers, shared by processes; both verbs never reject. */
export interface AnswerStore {
  /** Undefined when it has none, or cannot be asked. */
  get(key: string): Promise<StoredAnswer | undefined>;
  put(key: string, answer: StoredAnswer): void;
  /** Removes all answers of an organisation, and tries again later when it cannot. */
  forget(orgId: string): void;
}

/** What a cache is made of. */
export interface ExactCacheOptions {
  /** Bytes all answers may take together, keys and bookkeeping included. */
  readonly maxBytes: number;
  readonly second?: AnswerStore | undefined;
  /** False for keys whose answers are void: they are neither kept nor given out. */
  readonly isCurrent?: (key: string) => boolean;
}

/** Live figures of a cache. */
export interface CacheStats {
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  /** Answers that were dropped for want of room. */
  readonly evicted: number;
}

/** Answers by the key of their request. */
export interface ExactCache {
  /** The answer, at once when it is in memory or when there is no second place to look. */
  find(key: string): StoredAnswer | undefined | Promise<StoredAnswer | undefined>;
  put(key: string, json: Buffer, ttlMs: number): void;
  /** Removes all answers of an organisation, from the second place too. */
  forget(orgId: string): void;
  /** Another bound from now on; what does not fit is dropped. */
  resize(maxBytes: number): void;
  stats(): CacheStats;
}

/** Bytes a key, an entry of the map and a Buffer take beside the text, about. */
const ENTRY_BYTES = 500;

/** One answer may take this share of the cache at most. */
const LARGEST_SHARE = 1 / 16;

/**
 * Answers in memory: the least recently used go first when the bytes are spent, and none is given out after its time.
 *
 * @param deps the clock.
 */
export function createExactCache(options: ExactCacheOptions, deps = { nowMs: Date.now }): ExactCache {
  const { second, isCurrent = () => true } = options;
  let { maxBytes } = options;
  // A Map keeps the order of insertion; a read entry is put in again, so the first one is the least recently used.
  const answers = new Map<string, StoredAnswer>();
  let bytes = 0;
  const counts = { hits: 0, misses: 0, evicted: 0 };

  const drop = (key: string, answer: StoredAnswer) => {
    answers.delete(key);
    bytes -= sizeOf(answer);
  };
  const evict = () => {
    for (const [oldest, old] of answers) {
      if (bytes <= maxBytes) return;
      drop(oldest, old);
      counts.evicted += 1;
    }
  };
  const keep = (key: string, answer: StoredAnswer) => {
    const size = sizeOf(answer);
    const before = answers.get(key);
    if (before !== undefined) drop(key, before);
    if (size > maxBytes * LARGEST_SHARE) return;
    answers.set(key, answer);
    bytes += size;
    evict();
  };
  const read = (key: string): StoredAnswer | undefined => {
    const answer = answers.get(key);
    if (answer === undefined) return undefined;
    answers.delete(key);
    if (answer.expiresAtMs <= deps.nowMs()) {
      bytes -= sizeOf(answer);
      return undefined;
    }
    answers.set(key, answer);
    return answer;
  };
  const count = (answer: StoredAnswer | undefined) => {
    if (answer === undefined) counts.misses += 1;
    else counts.hits += 1;
    return answer;
  };
  const readSecond = async (key: string, store: AnswerStore) => {
    const answer = await store.get(key);
    // Asked again: while the store was read, the answer may have become void.
    if (answer === undefined || answer.expiresAtMs <= deps.nowMs() || !isCurrent(key))
      return count(undefined);
    keep(key, answer);
    return count(answer);
  };
  return {
    find(key) {
      const answer = read(key);
      return answer === undefined && second !== undefined ? readSecond(key, second) : count(answer);
    },
    put(key, json, ttlMs) {
      // The answer was asked for before something was removed, which may be in it.
      if (!isCurrent(key)) return;
      const storedAtMs = deps.nowMs();
      const answer = { json: ownBytes(json), storedAtMs, expiresAtMs: storedAtMs + ttlMs };
      keep(key, answer);
      second?.put(key, answer);
    },
    forget(orgId) {
      for (const [key, answer] of answers) if (readAnswerKey(key).orgId === orgId) drop(key, answer);
      second?.forget(orgId);
    },
    resize(toMaxBytes) {
      maxBytes = toMaxBytes;
      evict();
    },
    stats: () => ({ entries: answers.size, bytes, ...counts }),
  };
}

/** A small Buffer is a slice of a shared piece of memory, and would keep all of that alive as long as itself. */
function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

function sizeOf(answer: StoredAnswer): number {
  return answer.json.length + ENTRY_BYTES;
}
