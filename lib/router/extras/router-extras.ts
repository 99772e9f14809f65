import { environment } from "../../platform/env.ts";
import type { ModelConfig } from "../config/router-config.ts";
import type { ReplyOutcome } from "../model-reply.ts";
import { type AnswerEpochOptions, type AnswerEpochs, noEpochs } from "./answer-epochs.ts";
import { type Coalescer, createCoalescer } from "./coalescer.ts";
import { type AnswerStore, createExactCache, type ExactCache } from "./exact-cache.ts";
import { createHedgePolicy, type HedgePolicy } from "./hedge-policy.ts";
import { isSharedError } from "./is-shared-error.ts";
import { createRedisAnswerStore } from "./redis-answer-store.ts";
import { createShadow, type Shadow } from "./shadow.ts";

/** The parts of a router that outlive single requests and changes of the configuration. */
export interface RouterExtras {
  readonly cache: ExactCache;
  readonly epochs: AnswerEpochs;
  readonly shared: Coalescer<ReplyOutcome>;
  /** When and how often a model's requests are sent a second time; undefined when they are not. */
  hedgeFor(model: ModelConfig): HedgePolicy | undefined;
  /** The copies of a model's requests; undefined when there are none. */
  shadowFor(model: ModelConfig): Shadow | undefined;
  /** Ends what runs beside the requests. */
  close(): Promise<void>;
}

/**
 * Makes the extras of a router.
 *
 * @param second where answers are shared with other processes: the Redis that the environment names, if it does.
 * @param follow makes what knows of removals; without it stored answers are void only when their time is over.
 */
export function createRouterExtras(
  cacheMaxBytes: number,
  second: AnswerStore | undefined = sharedStore(),
  follow: (options: AnswerEpochOptions) => AnswerEpochs = () => noEpochs,
): RouterExtras {
  const hedges = new Map<string, { setting: string; policy: HedgePolicy }>();
  const shadows = new Map<string, { setting: string; shadow: Shadow }>();
  const closing = new Set<Promise<void>>();
  const cache = createExactCache({
    maxBytes: cacheMaxBytes,
    second,
    isCurrent: (key) => epochs.isCurrent(key),
  });
  const epochs = follow({
    isNeeded: () => second !== undefined || cache.stats().entries > 0,
    forget: (orgId) => cache.forget(orgId),
  });
  return {
    cache,
    epochs,
    shared: createCoalescer({ isShared: isSharedError }),
    hedgeFor(model) {
      if (model.hedge === undefined) return undefined;
      const setting = String(model.hedge.afterMs);
      const known = hedges.get(model.name);
      if (known?.setting === setting) return known.policy;
      const policy = createHedgePolicy({ afterMs: model.hedge.afterMs });
      hedges.set(model.name, { setting, policy });
      return policy;
    },
    shadowFor(model) {
      if (model.shadow === undefined) return undefined;
      const setting = JSON.stringify(model.shadow);
      const known = shadows.get(model.name);
      if (known?.setting === setting) return known.shadow;
      // Another setting since the last reload: the copies under way under the old one are ended.
      if (known !== undefined) closing.add(known.shadow.close());
      const shadow = createShadow(model.shadow);
      shadows.set(model.name, { setting, shadow });
      return shadow;
    },
    async close() {
      epochs.close();
      await Promise.all([...closing, ...Array.from(shadows.values(), ({ shadow }) => shadow.close())]);
    },
  };
}

function sharedStore(): AnswerStore | undefined {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = environment();
  return url === undefined || token === undefined ? undefined : createRedisAnswerStore({ url, token });
}
