import {
  checkDimensions,
  type EmbeddingsRequest,
  embeddingsReply,
  readEncodingFormat,
  readInputs,
} from "../../endpoints/embeddings/embeddings-request.ts";
import { BUILTIN_EMBEDDING_DIMENSIONS, BUILTIN_EMBEDDING_MODEL, embedTexts } from "./embed-text.ts";
import { estimateTokens } from "./estimate-tokens.ts";

/**
 * Answers an embeddings request. Throws `invalid_request` for token ids, for more than 2,048 texts, for an unknown
 * `encoding_format`, and for `dimensions` other than the 384 there are.
 */
export function embedBuiltin(request: EmbeddingsRequest) {
  const inputs = readInputs(request.input);
  const format = readEncodingFormat(request);
  checkDimensions(request, BUILTIN_EMBEDDING_DIMENSIONS);
  const tokens = inputs.reduce((sum, text) => sum + estimateTokens(text), 0);
  return embeddingsReply(BUILTIN_EMBEDDING_MODEL, embedTexts(inputs), format, { prompt_tokens: tokens });
}
