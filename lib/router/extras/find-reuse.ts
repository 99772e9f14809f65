import { counter } from "../../platform/metrics.ts";
import type { ExactCache, StoredAnswer } from "./exact-cache.ts";
import { planReuse, type ReusePlan, type ReuseQuestion } from "./plan-reuse.ts";
import type { RouterExtras } from "./router-extras.ts";

/** What became of the question whether a stored answer will do. */
export type ReuseResult = "hit" | "miss" | "bypass" | "shared";

/** A plan and what was found under it. */
export interface Reuse {
  readonly plan: ReusePlan;
  readonly stored: StoredAnswer | undefined;
  /** `x-vouch-cache` and `age`; empty when neither the client nor the configuration speaks of a cache. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Counts what became of a request of a model with a cache. */
export function countReuse(model: string, result: ReuseResult): void {
  counter({
    name: "vouch_router_cache_requests_total",
    help: "Requests that concern the answer cache, by model and result (hit, miss, bypass, shared: got the answer of an equal request under way).",
    labels: ["model", "result"],
  }).inc({ model, result });
}

const unconcerned: Reuse = {
  plan: { key: undefined, mayRead: false, ttlMs: 0 },
  stored: undefined,
  headers: {},
};

/**
 * Plans the reuse of answers for a request and looks for one; at once, unless a second place must be asked.
 *
 * @throws ApiError 400 for a wrong `x-vouch-cache`.
 */
export function findReuse(
  question: Omit<ReuseQuestion, "epoch">,
  extras: Pick<RouterExtras, "cache" | "epochs">,
  deps = { nowMs: Date.now },
): Reuse | Promise<Reuse> {
  const { model, header, caller } = question;
  if (model.cache === undefined && header === undefined) return unconcerned;
  const epoch = extras.epochs.of(caller.orgId);
  if (!(epoch instanceof Promise))
    return findPlanned(planReuse({ ...question, epoch }), model.name, extras.cache, deps);
  return epoch.then((known) =>
    findPlanned(planReuse({ ...question, epoch: known }), model.name, extras.cache, deps),
  );
}

function findPlanned(plan: ReusePlan, model: string, cache: ExactCache, deps: { nowMs: () => number }) {
  if (plan.key === undefined) return tell(model, plan, "bypass", undefined, deps.nowMs());
  if (!plan.mayRead) return tell(model, plan, "miss", undefined, deps.nowMs());
  const conclude = (stored: StoredAnswer | undefined) =>
    tell(model, plan, stored === undefined ? "miss" : "hit", stored, deps.nowMs());
  const found = cache.find(plan.key);
  return found instanceof Promise ? found.then(conclude) : conclude(found);
}

function tell(
  model: string,
  plan: ReusePlan,
  result: ReuseResult,
  stored: StoredAnswer | undefined,
  nowMs: number,
): Reuse {
  countReuse(model, result);
  const headers: Record<string, string> = { "x-vouch-cache": result };
  if (stored !== undefined) headers.age = String(Math.max(0, Math.floor((nowMs - stored.storedAtMs) / 1000)));
  return { plan, stored, headers };
}
