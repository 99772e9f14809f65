export {
  BUILTIN_CHAT_MODEL,
  type BuiltinChatRequest,
  completeBuiltinChat,
  streamBuiltinChat,
} from "./chat-completion.ts";
export { BUILTIN_EMBEDDING_MODEL, embedTexts } from "./embed-text.ts";
export { embedBuiltin } from "./embeddings.ts";
export { BUILTIN_RERANK_MODEL, rerankBuiltin } from "./rerank.ts";
