export { routerConfig } from "./config/load-config.ts";
export { embeddingModelOf, embeddingSpace, embedTexts } from "./embed-texts.ts";
export {
  type FamilyCall,
  type FamilyModel,
  type FamilyReply,
  type ModelFamily,
  registerModelFamily,
} from "./families/model-family.ts";
export { findLimits, removeLimits, setLimits } from "./limits/admin-limits.ts";
export { listChatModels } from "./list-chat-models.ts";
export { liveRouterState } from "./live-router.ts";
export { findUsageByRequestId } from "./queries/usage-attempts.ts";
export { rerankingModel, rerankTexts } from "./rerank-texts.ts";
export { followRouterConfig, startRouter } from "./start-router.ts";
export { findUsageByDay } from "./usage/find-usage-by-day.ts";
export { flushUsage } from "./usage/usage-recorder.ts";
