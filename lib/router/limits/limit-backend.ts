import { environment } from "../../platform/env.ts";
import { createDatabaseBackend } from "./database-backend.ts";
import type { LeaseBackend } from "./lease-backend.ts";
import { createRedisBackend } from "./redis-backend.ts";

/** The shared counters the environment names: Redis where it is configured, the database otherwise. */
export function limitBackend(): LeaseBackend {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = environment();
  return url === undefined || token === undefined
    ? createDatabaseBackend()
    : createRedisBackend({ url, token });
}
