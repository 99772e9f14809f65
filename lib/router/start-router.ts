import { routerConfig } from "./config/load-config.ts";
import { watchConfig } from "./config/watch-config.ts";
import { createRouter, type Router } from "./create-router.ts";
import { followAnswerEpochs } from "./extras/answer-epochs.ts";
import { createLimiter } from "./limits/create-limiter.ts";
import { setLiveRouter } from "./live-router.ts";
import { loadTracer } from "./tracing/load-tracer.ts";

/** A router under way over the configuration file of this process. */
export interface StartedRouter {
  readonly router: Router;
  /** Reads the configuration file again, now. */
  readConfig(): void;
  /** Refuses new requests and gives running ones so long, ms, to end by themselves. */
  close(drainMs?: number): Promise<void>;
}

/**
 * The router of this process: it follows changes of its configuration file, counts against the limits all processes
 * share, and traces when the environment names a collector.
 *
 * @throws ConfigError, one line naming file, line and field.
 */
export async function startRouter(): Promise<StartedRouter> {
  const router = createRouter({
    config: routerConfig(),
    limiter: createLimiter(),
    followEpochs: followAnswerEpochs,
    tracer: await loadTracer(),
  });
  const watch = watchConfig(router);
  setLiveRouter(router);
  return {
    router,
    readConfig: watch.read,
    close: async (drainMs) => {
      watch.stop();
      await router.close(drainMs);
    },
  };
}

/** Lets a process without a router of its own follow changes of the configuration file. Returns what ends it. */
export function followRouterConfig(): () => void {
  return watchConfig({ reload: () => {}, refuseConfig: () => {} }).stop;
}
