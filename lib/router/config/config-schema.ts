import { z } from "zod";
import { modelKindSchema } from "../schema.ts";

/** A secret stands in the environment, never in the file: `${env:NAME}` or `{ env: NAME }`. */
const referencePattern = /^\$\{env:([A-Z][A-Z0-9_]*)\}$/;

const REFERENCE_EXAMPLE = "$" + "{env:NAME}";

/** The name in `${env:NAME}`, undefined for any other text. */
export function referencedName(text: string): string | undefined {
  return referencePattern.exec(text)?.[1];
}

const environmentName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, "must be the name of an environment variable");

const LITERAL_SECRET = `must be a reference such as ${REFERENCE_EXAMPLE}: secrets do not belong in this file`;

const secretSchema = z.union(
  [z.string().regex(referencePattern, LITERAL_SECRET), z.strictObject({ env: environmentName })],
  LITERAL_SECRET,
);

/** A value that may stand in the file or be a reference. */
const textOrReference = z.union(
  [z.string().min(1), z.strictObject({ env: environmentName })],
  `must be text or a reference such as ${REFERENCE_EXAMPLE}`,
);

const milliseconds = z.int().min(1).max(3_600_000);

const timeoutsFields = {
  connectMs: milliseconds.optional(),
  firstTokenMs: milliseconds.optional(),
  betweenTokensMs: milliseconds.optional(),
  totalMs: milliseconds.optional(),
};

const common = {
  timeouts: z.strictObject(timeoutsFields).optional(),
  /** False for old servers that refuse `stream_options`; their streamed usage is then estimated. */
  streamUsage: z.boolean().default(true),
};

const compatibleFields = {
  ...common,
  apiKey: secretSchema.optional(),
  /** Name by which models call it > name the upstream knows. */
  models: z.record(z.string(), z.string().min(1)).default({}),
};

const upstreamSchema = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("builtin") }),
    z.strictObject({ kind: z.literal("openai"), baseUrl: textOrReference.optional(), ...compatibleFields }),
    z.strictObject({ kind: z.literal("vllm"), baseUrl: textOrReference, ...compatibleFields }),
    z.strictObject({ kind: z.literal("ollama"), baseUrl: textOrReference.optional(), ...compatibleFields }),
    z.strictObject({
      kind: z.literal("azure"),
      endpoint: textOrReference.optional(),
      resource: textOrReference.optional(),
      apiKey: secretSchema,
      apiVersion: z
        .string()
        .regex(/^(v1|\d{4}-\d{2}-\d{2}(-preview)?)$/, 'must be a date such as "2024-10-21", or "v1"'),
      ...common,
    }),
  ],
  "must be one of builtin, openai, azure, vllm, ollama",
);

const priceSchema = z.strictObject({
  input: z.number().min(0),
  cachedInput: z.number().min(0).optional(),
  output: z.number().min(0).default(0),
});

const modelSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, "must be a plain name of at most 128 characters"),
  label: z.string().min(1).max(100).optional(),
  kind: modelKindSchema,
  upstream: z.string().min(1),
  upstreamModel: z.string().min(1).optional(),
  deployment: z.string().min(1).optional(),
  /** Per million tokens, in one currency of the operator's choice. */
  price: priceSchema.optional(),
  /** The chat model used when nobody chose one. */
  default: z.boolean().optional(),
  /** The embedding model that indexes documents and questions. */
  embedding: z.boolean().optional(),
});

/** The file as written. */
export const configFileSchema = z.strictObject({
  upstreams: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and dashes"),
      upstreamSchema,
    )
    .default({}),
  models: z.array(modelSchema).default([]),
  /** False hides the built-in chat model from lists and calls. */
  builtinChat: z.boolean().default(true),
  timeouts: z.strictObject({ ...timeoutsFields, clientStuckMs: milliseconds.optional() }).default({}),
});
export type ConfigFile = z.infer<typeof configFileSchema>;
export type UpstreamFile = ConfigFile["upstreams"][string];
export type ModelFile = ConfigFile["models"][number];
