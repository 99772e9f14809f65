export { answerFromSources, type ExtractiveAnswer, NO_SOURCES_ANSWER } from "./answer-from-sources.ts";
export {
  BUILTIN_CHAT_MODEL,
  type BuiltinChatChunk,
  type BuiltinChatCompletion,
  type BuiltinChatDeps,
  type BuiltinChatOptions,
  type BuiltinChatRequest,
  completeBuiltinChat,
  DEFAULT_PACE_MS,
  streamBuiltinChat,
} from "./chat-completion.ts";
export { BUILTIN_EMBEDDING_DIMENSIONS, BUILTIN_EMBEDDING_MODEL, embedTexts } from "./embed-text.ts";
export { type BuiltinEmbeddings, type BuiltinEmbeddingsRequest, embedBuiltin } from "./embeddings.ts";
export { estimateTokens } from "./estimate-tokens.ts";
