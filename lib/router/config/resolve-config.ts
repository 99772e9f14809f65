import { BUILTIN_CHAT_MODEL, BUILTIN_EMBEDDING_MODEL } from "../upstreams/builtin/index.ts";
import type { ConfigFile, ModelFile } from "./config-schema.ts";
import { mergeTimeouts, type ResolveContext } from "./resolve-context.ts";
import { resolveUpstream } from "./resolve-upstream.ts";
import {
  DEFAULT_CLIENT_STUCK_MS,
  DEFAULT_TIMEOUTS,
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
    models.set(model.name, resolveModel(model, index, file, upstreams, context));
  }
  const defaultChatModel = chooseDefault(file, models, "chat", context) ?? builtinModel("chat", builtin);
  const embeddingModel =
    chooseDefault(file, models, "embedding", context) ?? builtinModel("embedding", builtin);
  const extra = [builtinModel("chat", builtin), builtinModel("embedding", builtin)];
  for (const model of extra) {
    if (!models.has(model.name) && (file.builtinChat || model.kind === "embedding"))
      models.set(model.name, model);
  }
  if (!models.has(defaultChatModel.name)) {
    context.refuse({ path: ["builtinChat"], message: "is false, but no other chat model is configured" });
  }
  return {
    models,
    upstreams,
    defaultChatModel,
    embeddingModel,
    clientStuckMs: file.timeouts.clientStuckMs ?? DEFAULT_CLIENT_STUCK_MS,
    readAt: Math.floor((context.nowMs ?? Date.now()) / 1000),
  };
}

function builtinModel(kind: "chat" | "embedding", upstream: UpstreamConfig): ModelConfig {
  const name = kind === "chat" ? BUILTIN_CHAT_MODEL : BUILTIN_EMBEDDING_MODEL;
  return {
    name,
    label: kind === "chat" ? "Built-in extractive" : "Built-in embeddings",
    kind,
    targets: [{ upstream, upstreamModel: name }],
    price: { input: 0, cachedInput: 0, output: 0 },
  };
}

function resolveModel(
  model: ModelFile,
  index: number,
  file: ConfigFile,
  upstreams: ReadonlyMap<string, UpstreamConfig>,
  { refuse }: ResolveContext,
): ModelConfig {
  const at = (field: string) => ["models", index, field];
  const upstream = upstreams.get(model.upstream);
  if (upstream === undefined) {
    const known = [...upstreams.keys()].join(", ");
    return refuse({
      path: at("upstream"),
      message: `there is no upstream "${model.upstream}"; known: ${known}`,
    });
  }
  if (model.deployment !== undefined && upstream.kind !== "azure") {
    refuse({ path: at("deployment"), message: "only Azure has deployments; write upstreamModel" });
  }
  if (model.deployment !== undefined && model.upstreamModel !== undefined) {
    refuse({ path: at("upstreamModel"), message: "write deployment or upstreamModel, not both" });
  }
  const described = file.upstreams[model.upstream];
  const mapped = described !== undefined && "models" in described ? described.models[model.name] : undefined;
  const upstreamModel = model.deployment ?? model.upstreamModel ?? mapped ?? model.name;
  const own = model.kind === "chat" ? BUILTIN_CHAT_MODEL : BUILTIN_EMBEDDING_MODEL;
  if (upstream.kind === "builtin" && upstreamModel !== own) {
    refuse({ path: at("upstreamModel"), message: `the built-in ${model.kind} model is "${own}"` });
  }
  const free = upstream.kind === "builtin" ? { input: 0, cachedInput: 0, output: 0 } : undefined;
  return {
    name: model.name,
    label: model.label ?? model.name,
    kind: model.kind,
    targets: [{ upstream, upstreamModel }],
    price:
      model.price === undefined ? free : { cachedInput: model.price.input, ...definedPrice(model.price) },
  };
}

function definedPrice(price: NonNullable<ModelFile["price"]>) {
  return price.cachedInput === undefined
    ? { input: price.input, output: price.output }
    : { input: price.input, output: price.output, cachedInput: price.cachedInput };
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
