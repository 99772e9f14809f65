export { DEFAULT_PASSAGES } from "./answer-contract.ts";
export { answerQuestion } from "./answer-question.ts";
export { listModels } from "./choose-model.ts";
export { answerAsCollection } from "./collection-model/answer-as-collection.ts";
export {
  findCollectionModel,
  listCollectionModels,
} from "./collection-model/find-collection-models.ts";
export {
  deleteConversation,
  findConversations,
  getConversation,
  updateConversation,
} from "./conversations.ts";
export { findOutdatedCitations } from "./find-outdated-citations.ts";
export { assertOwnAnswer, findRunningAnswer, followAnswer } from "./follow-answer.ts";
export { drainAnswers, keepAnswers } from "./keep-answers.ts";
export { readShare } from "./read-share.ts";
export { createShare, findShares, revokeShare } from "./shares.ts";
export { startAnswer } from "./start-answer.ts";
export { stopAnswer } from "./stop-answer.ts";
