export { answerQuestion } from "./answer-question.ts";
export { type ChatModel, listModels } from "./choose-model.ts";
export {
  deleteConversation,
  findConversations,
  getConversation,
  updateConversation,
} from "./conversations.ts";
export { assertOwnAnswer, findRunningAnswer, followAnswer } from "./follow-answer.ts";
export { drainAnswers, keepAnswers, reapAnswers } from "./keep-answers.ts";
export { type AnswerConfiguration, type AnswerOutcome, DEFAULT_PASSAGES } from "./produce-answer.ts";
export { createShare, findShares, readShare, revokeShare } from "./shares.ts";
export { startAnswer } from "./start-answer.ts";
export { stopAnswer } from "./stop-answer.ts";
