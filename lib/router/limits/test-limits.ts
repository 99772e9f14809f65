import {
  findRedisServer,
  type RedisFront,
  startRedisFront,
} from "../../../e2e/redis-front/start-redis-front.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { newId } from "../../shared/ids.ts";
import { ApiError } from "../http/api-error.ts";
import type { UsageOwner } from "../usage/record-attempt.ts";
import { createLimiter, type LimiterDeps } from "./create-limiter.ts";
import { createDatabaseBackend } from "./database-backend.ts";
import type { LimitDemand, Limiter, Reservation } from "./limiter.ts";
import { createRedisBackend } from "./redis-backend.ts";

/** Where limits are shared in a test. */
export type BackendName = "database" | "redis";

/** Both backends, for `describe.each`; Redis only where a redis-server is installed. */
export const backendsUnderTest: readonly { name: BackendName; isThere: boolean }[] = [
  { name: "database", isThere: true },
  { name: "redis", isThere: findRedisServer() !== undefined },
];

/** The stage of a test file: a database of its own, a Redis where there is one, and limiters that are closed at its end. */
export interface LimitStage {
  readonly database: TestDatabase;
  readonly redis: RedisFront | undefined;
  limiter(name: BackendName, deps?: LimiterDeps): Limiter;
  /** Closes the limiters made so far. */
  closeLimiters(): Promise<void>;
  close(): Promise<void>;
}

/** Sets the stage. */
export async function setLimitStage(): Promise<LimitStage> {
  const database = await startTestDatabase();
  const redis = findRedisServer() === undefined ? undefined : await startRedisFront();
  const limiters: Limiter[] = [];
  const closeLimiters = async () => {
    await Promise.all(limiters.splice(0).map((limiter) => limiter.close()));
  };
  return {
    database,
    redis,
    limiter: (name, deps = {}) => {
      const backend = name === "database" ? createDatabaseBackend() : redisBackend(redis);
      // Patient, so that a slow machine does not pass for a backend that is away.
      const limiter = createLimiter({ backend, timeoutMs: 20_000, ...deps });
      limiters.push(limiter);
      return limiter;
    },
    closeLimiters,
    close: async () => {
      await closeLimiters();
      await redis?.close();
      await database.close();
    },
  };
}

function redisBackend(redis: RedisFront | undefined) {
  if (redis === undefined) throw new Error("no redis-server");
  return createRedisBackend({ url: redis.url, token: redis.token, timeoutMs: 20_000 });
}

/** A caller nobody saw before. */
export function newOwner(over: Partial<UsageOwner> = {}): UsageOwner & { readonly apiKeyId: string } {
  return { orgId: newId(), userId: newId(), apiKeyId: newId(), ...over } as UsageOwner & { apiKeyId: string };
}

/** A request of 10 and at most 90 tokens that costs 100 micros at most. */
export function demandOf(over: Partial<LimitDemand> = {}): LimitDemand {
  return {
    model: "small",
    promptTokens: 10,
    maxCompletionTokens: 90,
    costMicros: 100,
    isStream: false,
    ...over,
  };
}

/** What came of requests asked all at once. */
export interface Outcome {
  readonly held: Reservation[];
  readonly refused: ApiError[];
}

/** Asks for a number of reservations at once. */
export async function reserveMany(
  count: number,
  reserve: () => ReturnType<Limiter["reserve"]>,
): Promise<Outcome> {
  const held: Reservation[] = [];
  const refused: ApiError[] = [];
  const ask = async () => {
    try {
      held.push(await reserve());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused.push(error);
    }
  };
  await Promise.all(Array.from({ length: count }, ask));
  return { held, refused };
}
