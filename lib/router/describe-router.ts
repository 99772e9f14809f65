import {
  isHttpUpstream,
  type ModelConfig,
  type ModelTarget,
  type RouterConfig,
  type UpstreamConfig,
} from "./config/router-config.ts";
import type { LimiterStats } from "./limits/limiter.ts";
import type { RouterParts } from "./model-request.ts";
import type { RouterState, TargetStateView } from "./schema.ts";
import type { UpstreamSet } from "./upstreams/create-upstreams.ts";
import { missingModels } from "./upstreams/vllm/read-served-models.ts";

/** What a description is made of. */
export interface DescribedRouter {
  readonly parts: RouterParts;
  readonly set: UpstreamSet;
  readonly stats: { readonly inFlight: number; readonly usageWaiting: number };
  readonly limits: LimiterStats;
  readonly configError: string | null;
}

/** The live state of a router, fit to be shown: addresses and names, no credential. */
export function describeRouter({ parts, set, stats, limits, configError }: DescribedRouter): RouterState {
  const { config } = parts;
  return {
    configuration: {
      file: config.source.file,
      readAt: new Date(config.readAt * 1000).toISOString(),
      error: configError,
      written: config.source.written,
    },
    upstreams: [...config.upstreams.values()].map((upstream) => describeUpstream(upstream, config, set)),
    models: [...config.models.values()].map((model) => describeModel(model, config, parts)),
    inFlight: stats.inFlight,
    usageWaiting: stats.usageWaiting,
    limits,
    cache: parts.extras.cache.stats(),
    hedges: [...config.models.values()].flatMap((model) => {
      const hedge = parts.extras.hedgeFor(model);
      return hedge === undefined ? [] : [{ model: model.name, ...hedge.stats() }];
    }),
  };
}

function describeUpstream(
  upstream: UpstreamConfig,
  config: RouterConfig,
  set: UpstreamSet,
): RouterState["upstreams"][number] {
  const { isHealthy, served, token, modelErrors } = set.describe(upstream.name);
  return {
    name: upstream.name,
    kind: upstream.kind,
    baseUrl: isHttpUpstream(upstream) ? upstream.baseUrl : null,
    credential: credentialOf(upstream),
    isHealthy: isHealthy ?? null,
    credentialError: token?.lastError ?? null,
    servedModels: served?.map(({ id }) => id) ?? null,
    modelErrors,
    missingModels: [...missingModels(namesAskedOf(upstream, config), served)],
  };
}

function namesAskedOf(upstream: UpstreamConfig, { models }: RouterConfig): Set<string> {
  const targets = [...models.values()].flatMap((model) => model.targets);
  return new Set(
    targets.filter((target) => target.upstream === upstream).map(({ upstreamModel }) => upstreamModel),
  );
}

function credentialOf(upstream: UpstreamConfig): "none" | "key" | "entra_id" {
  if (!isHttpUpstream(upstream)) return "none";
  if (upstream.entraId !== undefined) return "entra_id";
  return upstream.apiKey === undefined ? "none" : "key";
}

function describeModel(
  model: ModelConfig,
  config: RouterConfig,
  parts: RouterParts,
): RouterState["models"][number] {
  const aliases = [...config.aliases].filter(([, alias]) =>
    alias.kind === "model"
      ? alias.model === model.name
      : alias.light === model.name || alias.heavy === model.name,
  );
  return {
    name: model.name,
    label: model.label,
    kind: model.kind,
    aliases: aliases.map(([name]) => name),
    policy: model.policy,
    fallbacks: [...model.fallbacks],
    isContinued: model.continuation,
    targets: model.targets.map((target) => describeTarget(target, parts)),
  };
}

function describeTarget(target: ModelTarget, { book, loadOf }: RouterParts): TargetStateView {
  const state = book.of(target).snapshot();
  const load = loadOf(target);
  return {
    upstream: target.upstream.name,
    upstreamModel: target.upstreamModel,
    weight: target.weight,
    isPriced: target.price !== undefined,
    breaker: state.breaker,
    coolingForMs: state.waitMs,
    inFlight: state.inFlight,
    ewmaFirstTokenMs: state.firstTokenMs === undefined ? null : Math.round(state.firstTokenMs * 10) / 10,
    running: load?.running ?? null,
    waiting: load?.waiting ?? null,
    cacheUse: load?.cacheUse ?? null,
    calls: state.calls,
    failures: state.failures,
    lastFault: state.lastFault ?? null,
  };
}
