import { routerConfig } from "./config/load-config.ts";
import { chatModels } from "./list-models.ts";
import type { ChatModel } from "./schema.ts";

/** The configured chat models for a model picker, the default first. */
export function listChatModels(): ChatModel[] {
  return chatModels(routerConfig());
}
