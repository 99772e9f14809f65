import { createLimiter } from "../limits/create-limiter.ts";
import type { Limiter } from "../limits/limiter.ts";
import { createRedisBackend } from "../limits/redis-backend.ts";
import { startTestRouter } from "../test-router.ts";

/** What a limited router of a test goes by. */
export interface LimitedRouterOptions {
  readonly redis: { readonly url: string; readonly token: string };
  /** Limits of the test's user, in YAML. */
  readonly limits: string;
  /** Milliseconds the limiter's clock is ahead, so that a test never meets the end of a minute. */
  readonly aheadMs: number;
}

/** The models a limited router has. */
export const LIMITED_MODELS = ["mock_n5", "mock_i400_n500"];

/** A limiter over Redis without rules but the configuration's. */
export function limiterOver({ redis, aheadMs }: LimitedRouterOptions): Limiter {
  return createLimiter({
    backend: createRedisBackend(redis),
    findRules: async () => [],
    sumMonth: async () => 0,
    // Patient: on a busy machine a slow answer is no outage.
    timeoutMs: 20_000,
    leaseTtlMs: 60_000,
    nowMs: () => Date.now() + aheadMs,
  });
}

/** Runs a limited router as a process of its own when a test forks this file. */
async function serve(options: LimitedRouterOptions): Promise<void> {
  const router = await startTestRouter({
    models: LIMITED_MODELS,
    settings: `limits: { user: { ${options.limits} } }`,
    limiter: limiterOver(options),
  });
  process.send?.({ baseUrl: router.baseUrl });
  process.once("disconnect", () => process.exit(0));
}

if (process.send !== undefined) {
  const [, , text] = process.argv;
  if (text?.startsWith("{")) await serve(JSON.parse(text));
}
