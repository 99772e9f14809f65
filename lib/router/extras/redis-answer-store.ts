import { Redis } from "@upstash/redis";
import { z } from "zod";
import { logger } from "../../platform/log.ts";
import { isJsonObject } from "../http/read-json-body.ts";
import { LONGEST_TTL_MS } from "./answer-epochs.ts";
import { readAnswerKey } from "./answer-key.ts";
import type { AnswerStore, StoredAnswer } from "./exact-cache.ts";

/** A model takes longer than this; a Redis that does too is no help. */
const TIMEOUT_MS = 100;
/** After a failure Redis is left alone for this long, so that not every request waits for the timeout. */
const PAUSE_MS = 5_000;
/** Writes under way at most; beyond it an answer stays in this process only. */
const MAX_WRITES = 32;
/** Answers removed at a time. */
const SWEEP_BATCH = 500;
/** Larger answers stay in memory: REST fronts take about a megabyte. */
const MAX_ANSWER_BYTES = 512 * 1024;

/** Where the Redis REST front is. */
export interface RedisAnswerStoreOptions {
  readonly url: string;
  readonly token: string;
  /** Longest wait for Redis, milliseconds. */
  readonly timeoutMs?: number;
}

/** The form in Redis; checked when read, as others may write there. */
const storedSchema = z.object({ json: z.string(), storedAtMs: z.number(), expiresAtMs: z.number() });

/**
 * Answers in a Redis behind its REST front, shared by all processes. A Redis that is slow, away or holds rubbish is a
 * miss and never an error; after a failure it is left alone for five seconds. Each organisation has a sorted set of its
 * answers' keys by their end, so that all of them can be removed; what could not be removed is tried again until it is.
 *
 * @param deps the clock.
 */
export function createRedisAnswerStore(
  options: RedisAnswerStoreOptions,
  deps = { nowMs: Date.now },
): AnswerStore {
  const redis = new Redis({
    url: options.url,
    token: options.token,
    retry: false,
    enableTelemetry: false,
    responseEncoding: false,
    automaticDeserialization: false,
    signal: () => AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
  });
  let pausedUntilMs = 0;
  const writes = new Set<Promise<void>>();
  const fail = (error: unknown) => {
    pausedUntilMs = deps.nowMs() + PAUSE_MS;
    logger.warn(
      { error, feature: "answer-cache" },
      "redis unreachable, answers are kept in this process only",
    );
  };
  const write = async (key: string, answer: StoredAnswer) => {
    const ttlMs = Math.floor(answer.expiresAtMs - deps.nowMs());
    if (ttlMs < 1) return;
    const { storedAtMs, expiresAtMs } = answer;
    const text = JSON.stringify({ json: answer.json.toString("utf8"), storedAtMs, expiresAtMs });
    const index = indexKey(readAnswerKey(key).orgId);
    try {
      // One request: the client sends the commands of one turn together. The key is in the index before it exists.
      await Promise.all([
        redis.zadd(index, { score: expiresAtMs, member: redisKey(key) }),
        redis.set(redisKey(key), text, { px: ttlMs }),
        redis.zremrangebyscore(index, "-inf", deps.nowMs()),
        redis.pexpire(index, LONGEST_TTL_MS),
      ]);
    } catch (error) {
      fail(error);
    }
  };
  const sweep = createSweep(redis, writes, fail);
  return {
    async get(key) {
      if (deps.nowMs() < pausedUntilMs) return undefined;
      try {
        // Checked, because an aborted call of this client resolves with something else instead of failing.
        const text = z
          .string()
          .nullable()
          .parse(await redis.get(redisKey(key)));
        return text === null ? undefined : parseStored(text);
      } catch (error) {
        fail(error);
        return undefined;
      }
    },
    put(key, answer) {
      if (deps.nowMs() < pausedUntilMs || writes.size >= MAX_WRITES || answer.json.length > MAX_ANSWER_BYTES)
        return;
      const writing = write(key, answer).finally(() => writes.delete(writing));
      writes.add(writing);
    },
    forget: sweep,
  };
}

/** What removes all answers of an organisation, again and again until that was possible. */
function createSweep(redis: Redis, writes: ReadonlySet<Promise<void>>, fail: (error: unknown) => void) {
  /** Organisations whose answers are to be removed; true: asked again since the removal began. */
  const unswept = new Map<string, boolean>();
  const sweepOnce = async (orgId: string): Promise<void> => {
    unswept.set(orgId, false);
    // What was sent before must not arrive behind the sweep.
    await Promise.all(writes);
    const index = indexKey(orgId);
    try {
      for (;;) {
        const keys = z.array(z.string()).parse(await redis.zrange(index, 0, SWEEP_BATCH - 1));
        if (keys.length === 0) break;
        await redis.del(...keys);
        await redis.zrem(index, ...keys);
      }
      if (unswept.get(orgId) === true) return await sweepOnce(orgId);
      unswept.delete(orgId);
    } catch (error) {
      fail(error);
      setTimeout(() => void sweepOnce(orgId), PAUSE_MS).unref();
    }
  };
  return (orgId: string): void => {
    if (unswept.has(orgId)) unswept.set(orgId, true);
    else void sweepOnce(orgId);
  };
}

function redisKey(key: string): string {
  return `vouch:answer:${key}`;
}

function indexKey(orgId: string): string {
  return `vouch:answers-of:${orgId}`;
}

function parseStored(text: string): StoredAnswer {
  const { json, storedAtMs, expiresAtMs } = storedSchema.parse(JSON.parse(text));
  if (!isJsonObject(JSON.parse(json))) throw new TypeError("a stored answer is no JSON object");
  return { json: Buffer.from(json, "utf8"), storedAtMs, expiresAtMs };
}
