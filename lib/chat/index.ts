export { answerQuestion } from "./answer-question.ts";
export { listModels } from "./choose-model.ts";
export {
  deleteConversation,
  findConversations,
  getConversation,
  updateConversation,
} from "./conversations.ts";
export { assertOwnAnswer, findRunningAnswer, followAnswer } from "./follow-answer.ts";
export { drainAnswers, keepAnswers } from "./keep-answers.ts";
export { DEFAULT_PASSAGES } from "./produce-answer.ts";
export { createShare, findShares, readShare, revokeShare } from "./shares.ts";
export { startAnswer } from "./start-answer.ts";
export { stopAnswer } from "./stop-answer.ts";
