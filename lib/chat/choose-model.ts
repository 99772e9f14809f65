import { environment } from "../platform/env.ts";
import { listChatModels } from "../router/index.ts";
import { AppError } from "../shared/errors.ts";

/** A model a person may choose. */
export interface ChatModel {
  readonly id: string;
  readonly label: string;
  /** True for the built-in extractive model: the screen says so. */
  readonly isBuiltin: boolean;
}

/** The models of this installation, the default first. */
export function listModels(): ChatModel[] {
  const env = environment();
  if (env.MODEL_ROUTE === "direct") {
    const id = env.VOUCH_MODEL ?? "gpt-4o-mini";
    return [{ id, label: id, isBuiltin: false }];
  }
  return listChatModels()
    .toSorted((left, right) => Number(right.isDefault) - Number(left.isDefault))
    .map(({ id, label, isBuiltin }) => ({ id, label, isBuiltin }));
}

/**
 * The model for an answer: the one asked for, or the default.
 *
 * @throws AppError `model_unknown`.
 */
export function chooseModel(id: string | undefined): ChatModel {
  const models = listModels();
  const model = id === undefined ? models[0] : models.find((candidate) => candidate.id === id);
  if (model === undefined) {
    throw new AppError("model_unknown", {
      message: "This model is not offered here, or no longer. Reload the page and choose another.",
    });
  }
  return model;
}
