import { z } from "zod";

/** What a model is for. */
export const modelKindSchema = z.enum(["chat", "embedding", "rerank"]);
export type ModelKind = z.infer<typeof modelKindSchema>;

/** A chat model as a model picker shows it. */
export const chatModelSchema = z.strictObject({
  id: z.string(),
  label: z.string(),
  /** True for the models that live inside the program: no weights, no key, extractive answers only. */
  isBuiltin: z.boolean(),
  isDefault: z.boolean(),
});
export type ChatModel = z.infer<typeof chatModelSchema>;

/** What all attempts of one request took, summed. */
export const requestUsageSchema = z.strictObject({
  requestId: z.string(),
  attemptIds: z.array(z.string()),
  model: z.string(),
  /** Upstream of the last attempt. */
  upstream: z.string(),
  promptTokens: z.number().int(),
  cachedTokens: z.number().int(),
  completionTokens: z.number().int(),
  isEstimated: z.boolean(),
  /** Millionths of the price table's currency; null when any attempt's price is unknown. */
  costMicros: z.number().int().nullable(),
  firstTokenMs: z.number().nullable(),
  totalMs: z.number(),
});
export type RequestUsage = z.infer<typeof requestUsageSchema>;
