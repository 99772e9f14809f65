import { Redis } from "@upstash/redis";
import { z } from "zod";
import { logger } from "../../platform/log.ts";
import { isJsonObject } from "../http/read-json-body.ts";
import type { AnswerStore, StoredAnswer } from "./exact-cache.ts";

/** A model takes longer than this; a Redis that does too is no help. */
const TIMEOUT_MS = 100;
/** After a failure Redis is left alone for this long, so that not every request waits for the timeout. */
const PAUSE_MS = 5_000;
/** Writes under way at most; beyond it an answer stays in this process only. */
const MAX_WRITES = 32;
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
 * miss and never an error; after a failure it is left alone for five seconds.
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
  let writes = 0;
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
    writes += 1;
    try {
      await redis.set(redisKey(key), text, { px: ttlMs });
    } catch (error) {
      fail(error);
    } finally {
      writes -= 1;
    }
  };
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
      if (deps.nowMs() < pausedUntilMs || writes >= MAX_WRITES || answer.json.length > MAX_ANSWER_BYTES)
        return;
      void write(key, answer);
    },
  };
}

function redisKey(key: string): string {
  return `vouch:answer:${key}`;
}

function parseStored(text: string): StoredAnswer {
  const { json, storedAtMs, expiresAtMs } = storedSchema.parse(JSON.parse(text));
  if (!isJsonObject(JSON.parse(json))) throw new TypeError("a stored answer is no JSON object");
  return { json: Buffer.from(json, "utf8"), storedAtMs, expiresAtMs };
}
