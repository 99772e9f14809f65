export { routerConfig } from "./config/load-config.ts";

export { createRouter, type Router } from "./create-router.ts";
export { embeddingSpace, embedTexts } from "./embed-texts.ts";
export { listChatModels } from "./list-chat-models.ts";
export { findUsageByRequestId } from "./queries.ts";

export { flushUsage } from "./usage/usage-recorder.ts";
