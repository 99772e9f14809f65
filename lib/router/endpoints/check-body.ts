import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import type { Endpoint } from "../upstreams/upstream.ts";
import { invalidParameter, missingParameter } from "./parameter-error.ts";
import { checkRerankBody } from "./rerank/check-rerank-body.ts";

/**
 * Checks the fields the router itself relies on; all others are the upstream's business.
 *
 * @throws ApiError 400 that names the field.
 */
export function checkBody(body: JsonObject, endpoint: Endpoint): void {
  checks[endpoint](body);
}

const checks: Record<Endpoint, (body: JsonObject) => void> = {
  "chat/completions": (body) => {
    if (!isPresent(body.messages)) throw missingParameter("messages");
    if (!Array.isArray(body.messages) || body.messages.length === 0 || !body.messages.every(isJsonObject)) {
      throw invalidParameter("messages", "'messages' must be a list of at least one message object.");
    }
    checkAnswering(body, ["max_tokens", "max_completion_tokens"]);
  },
  completions: (body) => {
    if (!isPresent(body.prompt)) throw missingParameter("prompt");
    if (typeof body.prompt !== "string" && (!Array.isArray(body.prompt) || body.prompt.length === 0)) {
      throw invalidParameter("prompt", "'prompt' must be text, a list of texts or a list of token ids.");
    }
    // None at all is how a text is scored: `echo` with `logprobs`.
    checkAnswering(body, body.max_tokens === 0 ? [] : ["max_tokens"]);
  },
  responses: (body) => {
    const { input } = body;
    // Only an upstream that stores prompts or conversations answers without input; it refuses the others itself.
    if (isPresent(input) && typeof input !== "string" && !Array.isArray(input)) {
      throw invalidParameter("input", "'input' must be text or a list of input items.");
    }
    checkAnswering(body, ["max_output_tokens"]);
  },
  embeddings: (body) => {
    if (!isPresent(body.input)) throw missingParameter("input");
  },
  rerank: checkRerankBody,
};

/** The fields of all endpoints that generate text. */
function checkAnswering(body: JsonObject, limits: readonly string[]): void {
  if (isPresent(body.stream) && typeof body.stream !== "boolean") {
    throw invalidParameter("stream", "'stream' must be true or false.");
  }
  for (const name of [...limits, "n"]) {
    const value = body[name];
    if (!isPresent(value)) continue;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
      throw invalidParameter(name, `'${name}' must be a whole number from 1.`);
    }
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
