import { AppError } from "../../../shared/errors.ts";
import type { JsonObject } from "../../http/read-json-body.ts";

/** As many inputs as OpenAI takes in one request. */
const MAX_INPUTS = 2048;

/** The fields of an embeddings request that models inside this program honour; others are ignored. */
export interface EmbeddingsRequest {
  readonly input?: unknown;
  readonly encoding_format?: unknown;
  readonly dimensions?: unknown;
}

/** How vectors are written: numbers, or base64 of little-endian 32-bit floats. */
export type EncodingFormat = "float" | "base64";

/** The texts to embed. Throws `invalid_request` for token ids and for more than 2,048 texts. */
export function readInputs(input: unknown): string[] {
  if (typeof input === "string") return [input];
  if (!Array.isArray(input) || input.length === 0) {
    throw refusedInput("`input` must be a text or a list of texts.");
  }
  if (input.length > MAX_INPUTS) {
    throw refusedInput(`\`input\` holds ${input.length} texts; at most ${MAX_INPUTS} are accepted.`);
  }
  return input.map((text: unknown) => {
    if (typeof text === "string") return text;
    const isTokens = typeof text === "number" || Array.isArray(text);
    throw refusedInput(
      isTokens
        ? "`input` holds token ids, of a vocabulary this embedder does not have: send text."
        : "`input` must be a text or a list of texts.",
    );
  });
}

/** How the vectors are to be written. Throws `invalid_request` for an unknown form. */
export function readEncodingFormat({ encoding_format: asked }: EmbeddingsRequest): EncodingFormat {
  const format = asked ?? "float";
  if (format === "float" || format === "base64") return format;
  throw refusedInput("`encoding_format` must be float or base64.");
}

/** Throws `invalid_request` when the request wants vectors of another length than there are. */
export function checkDimensions({ dimensions: asked }: EmbeddingsRequest, dimensions: number): void {
  if (asked === undefined || asked === null || asked === dimensions) return;
  throw refusedInput(`This embedder has ${dimensions} dimensions and cannot give another number.`);
}

/** The answer to an embeddings request. */
export function embeddingsReply(
  model: string,
  vectors: readonly Float32Array[],
  format: EncodingFormat,
  usage: JsonObject & { readonly prompt_tokens: number },
) {
  return {
    object: "list",
    model,
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: format === "float" ? Array.from(vector) : encode(vector),
    })),
    usage: { ...usage, total_tokens: usage.prompt_tokens },
  } as const;
}

function encode(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}

function refusedInput(message: string): AppError {
  return new AppError("invalid_request", { message });
}
