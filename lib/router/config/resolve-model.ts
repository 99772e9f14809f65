import type { ModelKind } from "../schema.ts";
import {
  BUILTIN_CHAT_MODEL,
  BUILTIN_EMBEDDING_MODEL,
  BUILTIN_RERANK_MODEL,
} from "../upstreams/builtin/index.ts";
import type { ConfigFile, ModelFile, TargetFile } from "./config-schema.ts";
import type { ResolveContext } from "./resolve-context.ts";
import {
  isHttpUpstream,
  type ModelConfig,
  type ModelPrice,
  type ModelTarget,
  type OnnxUpstreamConfig,
  type UpstreamConfig,
} from "./router-config.ts";

const builtinNames: Record<ModelKind, string> = {
  chat: BUILTIN_CHAT_MODEL,
  embedding: BUILTIN_EMBEDDING_MODEL,
  rerank: BUILTIN_RERANK_MODEL,
};

const builtinLabels: Record<ModelKind, string> = {
  chat: "Built-in extractive",
  embedding: "Built-in embeddings",
  rerank: "Built-in reranker",
};

const FREE: ModelPrice = { input: 0, cachedInput: 0, output: 0 };

/** The built-in model of a kind. */
export function builtinModel(kind: ModelKind, upstream: UpstreamConfig): ModelConfig {
  const name = builtinNames[kind];
  return {
    name,
    label: builtinLabels[kind],
    kind,
    targets: [{ upstream, upstreamModel: name, weight: 1, price: FREE }],
    policy: "latency",
    fallbacks: [],
    contentFilterFallback: undefined,
    continuation: true,
    hedge: undefined,
    shadow: undefined,
    cache: undefined,
  };
}

/** What resolving one model needs of the whole file. */
interface Surroundings {
  readonly file: ConfigFile;
  readonly upstreams: ReadonlyMap<string, UpstreamConfig>;
  readonly context: ResolveContext;
}

/** Turns one model of the file into what the router serves. */
export function resolveModel(model: ModelFile, index: number, around: Surroundings): ModelConfig {
  return {
    name: model.name,
    label: model.label ?? model.name,
    kind: model.kind,
    targets: resolveTargets(model, index, around),
    policy: model.policy,
    fallbacks: model.fallbacks,
    contentFilterFallback: model.contentFilterFallback,
    continuation: model.continuation ?? around.file.continuation,
    hedge: model.hedge,
    shadow: model.shadow,
    cache: model.cache,
  };
}

function resolveTargets(model: ModelFile, index: number, around: Surroundings): ModelConfig["targets"] {
  const path = ["models", index];
  const { refuse } = around.context;
  if (model.targets === undefined) {
    if (model.upstream === undefined) return refuse({ path: [...path, "upstream"], message: "is missing" });
    const { upstream, upstreamModel, deployment } = model;
    return [resolveTarget(model, { upstream, upstreamModel, deployment, weight: 1 }, path, around)];
  }
  for (const field of ["upstream", "upstreamModel", "deployment"] as const) {
    if (model[field] !== undefined)
      refuse({ path: [...path, field], message: "belongs into targets when there are targets" });
  }
  const [first, ...others] = model.targets.map((target, at) =>
    resolveTarget(model, target, [...path, "targets", at], around),
  );
  if (first === undefined) return refuse({ path: [...path, "targets"], message: "must name one at least" });
  const seen = new Set<string>();
  for (const [at, target] of [first, ...others].entries()) {
    const key = targetKey(target);
    if (seen.has(key)) refuse({ path: [...path, "targets", at], message: `${key} stands here twice` });
    seen.add(key);
  }
  return [first, ...others];
}

/** Name of a target: no two of one model share it. */
export function targetKey({ upstream, upstreamModel }: ModelTarget): string {
  return `${upstream.name}/${upstreamModel}`;
}

function resolveTarget(
  model: ModelFile,
  target: TargetFile,
  path: readonly (string | number)[],
  { file, upstreams, context: { refuse } }: Surroundings,
): ModelTarget {
  const at = (field: string) => [...path, field];
  const upstream = upstreams.get(target.upstream);
  if (upstream === undefined) {
    const known = [...upstreams.keys()].join(", ");
    return refuse({
      path: at("upstream"),
      message: `there is no upstream "${target.upstream}"; known: ${known}`,
    });
  }
  if (target.deployment !== undefined && upstream.kind !== "azure") {
    refuse({ path: at("deployment"), message: "only Azure has deployments; write upstreamModel" });
  }
  if (target.deployment !== undefined && target.upstreamModel !== undefined) {
    refuse({ path: at("upstreamModel"), message: "write deployment or upstreamModel, not both" });
  }
  const described = file.upstreams[target.upstream];
  const mapped =
    described !== undefined && described.kind !== "onnx" && "models" in described
      ? described.models[model.name]
      : undefined;
  const upstreamModel = target.deployment ?? target.upstreamModel ?? mapped ?? model.name;
  const own = builtinNames[model.kind];
  if (upstream.kind === "builtin" && upstreamModel !== own) {
    refuse({ path: at("upstreamModel"), message: `the built-in ${model.kind} model is "${own}"` });
  }
  if (upstream.kind === "onnx") checkOnnxTarget(upstream, upstreamModel, model.kind, at, refuse);
  const price = target.price ?? model.price;
  const free = isHttpUpstream(upstream) ? undefined : FREE;
  return {
    upstream,
    upstreamModel,
    weight: target.weight,
    price: price === undefined ? free : wholePrice(price),
  };
}

function checkOnnxTarget(
  { name, models }: OnnxUpstreamConfig,
  upstreamModel: string,
  kind: ModelKind,
  at: (field: string) => (string | number)[],
  refuse: ResolveContext["refuse"],
): void {
  if (kind === "chat") {
    refuse({ path: at("upstream"), message: `"${name}" embeds and reranks; it has no chat models` });
  }
  if (models[upstreamModel] !== undefined) return;
  const known = Object.keys(models).join(", ");
  refuse({
    path: at("upstreamModel"),
    message: `the upstream "${name}" has no model "${upstreamModel}"; known: ${known}`,
  });
}

function wholePrice(price: NonNullable<ModelFile["price"]>): ModelPrice {
  return { input: price.input, output: price.output, cachedInput: price.cachedInput ?? price.input };
}
