import { createHash } from "node:crypto";
import { Redis } from "@upstash/redis";
import { z } from "zod";
import { type LeaseBackend, readLeaseReply } from "./lease-backend.ts";
import { READ_SCRIPT, TAKE_SCRIPT } from "./redis-script.ts";

const MINUTE_MS = 60_000;
const TIMEOUT_MS = 2_000;

/** Where the REST front of a Redis is. */
export interface RedisBackendOptions {
  readonly url: string;
  readonly token: string;
  readonly timeoutMs?: number;
}

const usesSchema = z.array(
  z.union([z.tuple([z.number(), z.number(), z.number()]), z.tuple([]), z.strictObject({})]),
);

/**
 * Shared counters in a Redis with Lua behind Upstash's REST protocol. A call touches the keys of several subjects in
 * one script, so a Redis Cluster whose keys lie on several nodes will not do.
 */
export function createRedisBackend(options: RedisBackendOptions): LeaseBackend {
  const redis = new Redis({
    url: options.url,
    token: options.token,
    // A call sent twice would be counted twice.
    retry: false,
    enableTelemetry: false,
    automaticDeserialization: false,
    // Some fronts ignore the request for base64, and a plain answer would be decoded into rubbish.
    responseEncoding: false,
    signal: () => AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
  });
  return {
    name: "redis",
    take: async (call) => {
      const keys = call.items.map(({ orgId, quota }) => quotaKey(orgId, quota));
      return readLeaseReply(await runScript(redis, TAKE_SCRIPT, keys, [JSON.stringify(call)]));
    },
    read: async (quotas) => {
      if (quotas.length === 0) return [];
      const keys = quotas.map(({ orgId, quota }) => quotaKey(orgId, quota));
      const uses = usesSchema.parse(JSON.parse(await runScript(redis, READ_SCRIPT, keys, [])));
      return quotas.flatMap(({ quota, kind }, index) => {
        const use = uses[index];
        if (!Array.isArray(use) || use.length === 0) return [];
        const [windowMs, taken, held] = use;
        return [{ quota, taken, held, endsAtMs: kind === "rate" ? windowMs + MINUTE_MS : null }];
      });
    },
  };
}

function quotaKey(orgId: string, quota: string): string {
  return `vouch:limits:${orgId}:${quota}`;
}

const hashes = new Map<string, string>();

function hashOf(script: string): string {
  let hash = hashes.get(script);
  if (hash === undefined) {
    hash = createHash("sha1").update(script).digest("hex");
    hashes.set(script, hash);
  }
  return hash;
}

/** Runs a script by its hash; sends it whole when the server does not know it (yet, or after a restart). */
async function runScript(redis: Redis, script: string, keys: string[], args: string[]): Promise<string> {
  let answer: unknown;
  try {
    answer = await redis.evalsha(hashOf(script), keys, args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("NOSCRIPT")) throw error;
    answer = await redis.eval(script, keys, args);
  }
  // Checked, because an aborted call of this client resolves with something else instead of failing.
  if (typeof answer !== "string") throw new Error("Redis gave no text");
  return answer;
}
