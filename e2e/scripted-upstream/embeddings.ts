import { createHash } from "node:crypto";
import { countWords } from "./script-body.ts";

const DIMENSIONS = 64;

/** Deterministic vectors: the same text gives the same unit vector, another text an unrelated one. */
export function embeddings(input: unknown, model: string) {
  const texts = (Array.isArray(input) ? input : [input]).map(String);
  const data = texts.map((text, index) => ({ object: "embedding", index, embedding: hashVector(text) }));
  const tokens = texts.reduce((sum, text) => sum + countWords(text), 0);
  return { object: "list", model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

function hashVector(text: string): number[] {
  const bytes = Buffer.concat([0, 1].map((part) => createHash("sha256").update(`${part}:${text}`).digest()));
  const values = Array.from({ length: DIMENSIONS }, (_, index) => (bytes[index] ?? 0) - 127.5);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}
