import { AppError } from "../../../shared/errors.ts";
import { BUILTIN_EMBEDDING_DIMENSIONS, BUILTIN_EMBEDDING_MODEL, embedTexts } from "./embed-text.ts";
import { estimateTokens } from "./estimate-tokens.ts";

/** The fields of an embeddings request that the built-in embedder honours; others are ignored. */
export interface BuiltinEmbeddingsRequest {
  readonly input: unknown;
  readonly encoding_format?: unknown;
  readonly dimensions?: unknown;
}

export interface BuiltinEmbeddings {
  readonly object: "list";
  readonly model: string;
  readonly data: readonly {
    readonly object: "embedding";
    readonly index: number;
    /** Numbers, or base64 of little-endian 32-bit floats. */
    readonly embedding: readonly number[] | string;
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

/** As many inputs as OpenAI takes in one request. */
const maxInputs = 2048;

function refuse(message: string): AppError {
  return new AppError("invalid_request", { message });
}

function readInputs(input: unknown): string[] {
  if (typeof input === "string") return [input];
  if (!Array.isArray(input) || input.length === 0) throw refuse("`input` must be a text or a list of texts.");
  if (input.length > maxInputs)
    throw refuse(`\`input\` holds ${input.length} texts; at most ${maxInputs} are accepted.`);
  return input.map((text: unknown) => {
    if (typeof text === "string") return text;
    const isTokens = typeof text === "number" || Array.isArray(text);
    throw refuse(
      isTokens
        ? "`input` holds token ids. This embedder has no vocabulary: send text."
        : "`input` must be a text or a list of texts.",
    );
  });
}

function encode(vector: Float32Array, format: "float" | "base64"): readonly number[] | string {
  if (format === "float") return Array.from(vector);
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}

/**
 * Answers an embeddings request. Throws `invalid_request` for token ids, for more than 2,048 texts, for an unknown
 * `encoding_format`, and for `dimensions` other than the 384 there are.
 */
export function embedBuiltin(request: BuiltinEmbeddingsRequest): BuiltinEmbeddings {
  const inputs = readInputs(request.input);
  const format = request.encoding_format ?? "float";
  if (format !== "float" && format !== "base64") throw refuse("`encoding_format` must be float or base64.");
  const dimensions = request.dimensions ?? BUILTIN_EMBEDDING_DIMENSIONS;
  if (dimensions !== BUILTIN_EMBEDDING_DIMENSIONS) {
    throw refuse(
      `This embedder has ${BUILTIN_EMBEDDING_DIMENSIONS} dimensions and cannot give another number.`,
    );
  }
  const tokens = inputs.reduce((sum, text) => sum + estimateTokens(text), 0);
  return {
    object: "list",
    model: BUILTIN_EMBEDDING_MODEL,
    data: embedTexts(inputs).map((vector, index) => ({
      object: "embedding",
      index,
      embedding: encode(vector, format),
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
