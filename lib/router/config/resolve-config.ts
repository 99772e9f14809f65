import type { ConfigFile, LimitFile, ModelFile } from "./config-schema.ts";
import { mergeTimeouts, type ResolveContext } from "./resolve-context.ts";
import { builtinModel, resolveModel } from "./resolve-model.ts";
import { resolveUpstream } from "./resolve-upstream.ts";
import {
  DEFAULT_CLIENT_STUCK_MS,
  DEFAULT_TIMEOUTS,
  type LimitDefaults,
  type LimitRule,
  type ModelAlias,
  type ModelConfig,
  type RouterConfig,
  type UpstreamConfig,
} from "./router-config.ts";

/** Turns a checked file into what the router serves: references read, names looked up, built-in models added. */
export function resolveConfig(file: ConfigFile, context: ResolveContext): RouterConfig {
  const timeouts = mergeTimeouts(DEFAULT_TIMEOUTS, file.timeouts);
  const builtin: UpstreamConfig = { name: "builtin", kind: "builtin", timeouts };
  const upstreams = new Map<string, UpstreamConfig>([[builtin.name, builtin]]);
  for (const [name, upstream] of Object.entries(file.upstreams)) {
    upstreams.set(name, resolveUpstream(name, upstream, timeouts, context));
  }
  const models = new Map<string, ModelConfig>();
  for (const [index, model] of file.models.entries()) {
    if (models.has(model.name)) {
      context.refuse({ path: ["models", index, "name"], message: `"${model.name}" stands here twice` });
    }
    models.set(model.name, resolveModel(model, index, { file, upstreams, context }));
  }
  const defaultChatModel = chooseDefault(file, models, "chat", context) ?? builtinModel("chat", builtin);
  const embeddingModel =
    chooseDefault(file, models, "embedding", context) ?? builtinModel("embedding", builtin);
  for (const model of modelKinds.map((kind) => builtinModel(kind, builtin))) {
    if (!models.has(model.name) && (file.builtinChat || model.kind !== "chat")) models.set(model.name, model);
  }
  if (!models.has(defaultChatModel.name)) {
    context.refuse({ path: ["builtinChat"], message: "is false, but no other chat model is configured" });
  }
  checkNames(file, models, context);
  return {
    models,
    aliases: resolveAliases(file, models, context),
    upstreams,
    defaultChatModel,
    embeddingModel,
    retries: file.retries,
    breaker: file.breaker,
    limits: resolveLimits(file.limits),
    cacheMaxBytes: file.cacheMegabytes * 1024 * 1024,
    clientStuckMs: file.timeouts.clientStuckMs ?? DEFAULT_CLIENT_STUCK_MS,
    readAt: Math.floor((context.nowMs ?? Date.now()) / 1000),
    source: { file: context.file, written: file },
  };
}

const modelKinds = ["chat", "embedding", "rerank"] as const;

/** The models that a model names must exist and be of its kind. */
function checkNames(
  file: ConfigFile,
  models: ReadonlyMap<string, ModelConfig>,
  { refuse }: ResolveContext,
): void {
  for (const [index, model] of file.models.entries()) {
    const named: [path: (string | number)[], name: string | undefined][] = [
      ...model.fallbacks.map((name, at): [(string | number)[], string] => [["fallbacks", at], name]),
      [["contentFilterFallback"], model.contentFilterFallback],
      [["shadow", "model"], model.shadow?.model],
    ];
    for (const [field, name] of named) {
      if (name === undefined) continue;
      const path = ["models", index, ...field];
      if (name === model.name) refuse({ path, message: "must be another model" });
      if (models.get(name)?.kind !== model.kind)
        refuse({ path, message: `there is no ${model.kind} model "${name}"` });
    }
  }
}

function resolveAliases(
  file: ConfigFile,
  models: ReadonlyMap<string, ModelConfig>,
  { refuse }: ResolveContext,
): ReadonlyMap<string, ModelAlias> {
  const aliases = new Map<string, ModelAlias>();
  for (const [name, alias] of Object.entries(file.aliases)) {
    if (models.has(name)) refuse({ path: ["aliases", name], message: "a model has this name already" });
    const find = (model: string, path: readonly string[]) =>
      models.get(model) ?? refuse({ path, message: `there is no model "${model}"` });
    if (typeof alias === "string") {
      aliases.set(name, { kind: "model", model: find(alias, ["aliases", name]).name });
      continue;
    }
    for (const tier of ["light", "heavy"] as const) {
      const path = ["aliases", name, tier];
      if (find(alias[tier], path).kind !== "chat") refuse({ path, message: "must be a chat model" });
    }
    aliases.set(name, { kind: "tiers", ...alias });
  }
  return aliases;
}

function resolveLimits(file: ConfigFile["limits"]): LimitDefaults {
  return {
    organisation: resolveLimit(file.organisation),
    user: resolveLimit(file.user),
    key: resolveLimit(file.key),
  };
}

function resolveLimit(limit: LimitFile | undefined): LimitRule | undefined {
  if (limit === undefined) return undefined;
  const { monthlyBudget, ...rates } = limit;
  return {
    ...rates,
    monthlyBudgetMicros: monthlyBudget === undefined ? undefined : Math.round(monthlyBudget * 1_000_000),
  };
}

/** The marked model of a kind, else the first of that kind in the file; undefined when the file has none. */
function chooseDefault(
  file: ConfigFile,
  models: ReadonlyMap<string, ModelConfig>,
  kind: "chat" | "embedding",
  { refuse }: ResolveContext,
): ModelConfig | undefined {
  const mark = kind === "chat" ? "default" : "embedding";
  let chosen: ModelFile | undefined;
  for (const [index, model] of file.models.entries()) {
    if (model[mark] !== true) continue;
    const path = ["models", index, mark];
    if (model.kind !== kind) refuse({ path, message: `only a model of kind ${kind} can carry this` });
    if (chosen !== undefined) refuse({ path, message: `"${chosen.name}" carries this already` });
    chosen = model;
  }
  chosen ??= file.models.find((model) => model.kind === kind);
  return chosen === undefined ? undefined : models.get(chosen.name);
}
