import type { ModelConfig, RouterConfig } from "./config/router-config.ts";
import type { ChatModel } from "./schema.ts";

function modelObject(model: ModelConfig, config: RouterConfig) {
  const [{ upstream }] = model.targets;
  return {
    id: model.name,
    object: "model",
    created: config.readAt,
    owned_by: upstream.kind === "builtin" ? "vouch" : upstream.name,
  } as const;
}

/** The models as `GET /v1/models` lists them. */
export function describeModels(config: RouterConfig) {
  return {
    object: "list",
    data: [...config.models.values()].map((model) => modelObject(model, config)),
  } as const;
}

/** One model as `GET /v1/models/{id}` shows it; undefined when it is not configured. */
export function describeModel(name: string, config: RouterConfig) {
  const model = config.models.get(name);
  return model === undefined ? undefined : modelObject(model, config);
}

/** The chat models for a model picker, the default first. */
export function chatModels(config: RouterConfig): ChatModel[] {
  return [...config.models.values()]
    .filter((model) => model.kind === "chat")
    .map((model) => ({
      id: model.name,
      label: model.label,
      isBuiltin: model.targets[0].upstream.kind === "builtin",
      isDefault: model.name === config.defaultChatModel.name,
    }))
    .sort((one, other) => Number(other.isDefault) - Number(one.isDefault));
}
