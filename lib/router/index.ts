export type { Authenticate } from "./authenticate.ts";
export { ConfigError } from "./config/config-error.ts";
export { loadRouterConfig, routerConfig } from "./config/load-config.ts";
export type { RouterConfig } from "./config/router-config.ts";
export { createRouter, type Router, type RouterDeps, type RouterStats } from "./create-router.ts";
export { type EmbeddedTexts, type EmbedOptions, embeddingSpace, embedTexts } from "./embed-texts.ts";
export { listChatModels } from "./list-chat-models.ts";
export { findUsageByRequestId, type UsageScope } from "./queries.ts";
export { flushUsage } from "./usage/usage-recorder.ts";
