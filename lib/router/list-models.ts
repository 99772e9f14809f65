import type { ModelConfig, RouterConfig } from "./config/router-config.ts";
import type { FamilyModel } from "./families/model-family.ts";
import type { ChatModel } from "./schema.ts";

function modelObject(name: string, model: ModelConfig, config: RouterConfig) {
  const [{ upstream }] = model.targets;
  return {
    id: name,
    object: "model",
    created: config.readAt,
    owned_by: upstream.kind === "builtin" ? "vouch" : upstream.name,
  } as const;
}

/** A model of a family, in the same form. */
export function describeFamilyModel({ id, created }: FamilyModel) {
  return { id, object: "model", created, owned_by: "vouch" } as const;
}

/** Every name clients may use, aliases after models, with the model it stands for: of two tiers the heavier. */
function* namedModels({ models, aliases }: RouterConfig): Iterable<[name: string, model: ModelConfig]> {
  yield* models;
  for (const [name, alias] of aliases) {
    const model = models.get(alias.kind === "model" ? alias.model : alias.heavy);
    if (model !== undefined) yield [name, model];
  }
}

/** The models as `GET /v1/models` lists them. */
export function describeModels(config: RouterConfig) {
  const data = Array.from(namedModels(config), ([name, model]) => modelObject(name, model, config));
  return { object: "list", data } as const;
}

/** One model as `GET /v1/models/{id}` shows it; undefined when it is not configured. */
export function describeModel(name: string, config: RouterConfig) {
  for (const [known, model] of namedModels(config))
    if (known === name) return modelObject(name, model, config);
  return undefined;
}

/** The chat models for a model picker, the default first. */
export function chatModels(config: RouterConfig): ChatModel[] {
  return Array.from(namedModels(config))
    .filter(([, model]) => model.kind === "chat")
    .map(([name, model]) => ({
      id: name,
      label: name === model.name ? model.label : name,
      isBuiltin: model.targets[0].upstream.kind === "builtin",
      isDefault: name === config.defaultChatModel.name,
    }))
    .sort((one, other) => Number(other.isDefault) - Number(one.isDefault));
}
