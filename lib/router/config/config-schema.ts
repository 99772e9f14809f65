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

const endpointMode = z.enum(["native", "mapped"]);

const common = {
  timeouts: z.strictObject(timeoutsFields).optional(),
  /** Whether the upstream has `/responses` and `/completions` itself; `mapped` asks it for a chat completion. */
  responses: endpointMode.optional(),
  completions: endpointMode.optional(),
  /** False for old servers that refuse `stream_options`; their streamed usage is then estimated. */
  streamUsage: z.boolean().default(true),
};

const compatibleFields = {
  ...common,
  apiKey: secretSchema.optional(),
  /** Name by which models call it > name the upstream knows. */
  models: z.record(z.string(), z.string().min(1)).default({}),
};

const tenantFields = { tenantId: textOrReference, clientId: textOrReference };

/** Microsoft Entra ID in place of a key: a client's secret, a workload's token file, or the machine's identity. */
const entraIdSchema = z.union(
  [
    z.strictObject({ ...tenantFields, clientSecret: secretSchema }),
    z.strictObject({ ...tenantFields, federatedTokenFile: textOrReference }),
    z.strictObject({ managedIdentity: z.literal(true), clientId: textOrReference.optional() }),
  ],
  "must hold tenantId, clientId and clientSecret; or tenantId, clientId and federatedTokenFile; or managedIdentity: true",
);
export type EntraIdFile = z.infer<typeof entraIdSchema>;

const modelName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, "must be a plain name of at most 128 characters");

/** One model of the ONNX runtime: a directory as Hugging Face lays them out. */
const onnxModelSchema = z.strictObject({
  directory: textOrReference,
  /** A file of the directory or of its folder `onnx`, such as `model_quantized.onnx`. */
  file: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,126}\.onnx$/,
      "must be the name of a file that ends in .onnx, without a folder",
    )
    .default("model.onnx"),
  /** How token vectors become one vector; `1_Pooling/config.json` decides when this does not, then the mean. */
  pooling: z.enum(["mean", "cls", "last"]).optional(),
  /** Stand before questions and before documents when they are embedded, for models that were trained so. */
  queryPrefix: z.string().max(2_000).default(""),
  documentPrefix: z.string().max(2_000).default(""),
  /** Longer texts are cut; the files of the model decide when this does not. */
  maxTokens: z.int().min(8).max(131_072).optional(),
});

const onnxUpstreamSchema = z.strictObject({
  kind: z.literal("onnx"),
  /** Name that models call it by (`upstreamModel`, or their own name) > where it is. */
  models: z.record(modelName, onnxModelSchema),
  /** Folder whose `node_modules` holds the runtime; the program's own when absent. */
  packages: textOrReference.optional(),
  /** Threads of one calculation; half of the processors when absent. */
  threads: z.int().min(1).max(256).optional(),
  /** A model that nobody asks for so long is given up, with its memory. */
  idleSeconds: z.int().min(1).max(604_800).default(600),
  timeouts: z.strictObject({ totalMs: milliseconds.optional() }).optional(),
});

const upstreamSchema = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("builtin") }),
    z.strictObject({ kind: z.literal("openai"), baseUrl: textOrReference.optional(), ...compatibleFields }),
    z.strictObject({
      kind: z.literal("vllm"),
      baseUrl: textOrReference,
      /** How often running and waiting requests are read from `/metrics`; 0 never. */
      metricsIntervalMs: z.int().min(0).max(600_000).default(2_000),
      ...compatibleFields,
    }),
    z.strictObject({ kind: z.literal("ollama"), baseUrl: textOrReference.optional(), ...compatibleFields }),
    z.strictObject({
      kind: z.literal("azure"),
      endpoint: textOrReference.optional(),
      resource: textOrReference.optional(),
      apiKey: secretSchema.optional(),
      entraId: entraIdSchema.optional(),
      apiVersion: z
        .string()
        .regex(/^(v1|\d{4}-\d{2}-\d{2}(-preview)?)$/, 'must be a date such as "2024-10-21", or "v1"'),
      ...common,
    }),
    onnxUpstreamSchema,
  ],
  "must be one of builtin, openai, azure, vllm, ollama, onnx",
);

const priceSchema = z.strictObject({
  input: z.number().min(0),
  cachedInput: z.number().min(0).optional(),
  output: z.number().min(0).default(0),
});

const targetSchema = z.strictObject({
  upstream: z.string().min(1),
  upstreamModel: z.string().min(1).optional(),
  deployment: z.string().min(1).optional(),
  weight: z.number().min(0).max(1_000_000).default(1),
  /** Overrides the model's price for this place. */
  price: priceSchema.optional(),
});
export type TargetFile = z.infer<typeof targetSchema>;

const modelSchema = z.strictObject({
  name: modelName,
  label: z.string().min(1).max(100).optional(),
  kind: modelKindSchema,
  /** Where it is served: one place ... */
  upstream: z.string().min(1).optional(),
  upstreamModel: z.string().min(1).optional(),
  deployment: z.string().min(1).optional(),
  /** ... or several. */
  targets: z.array(targetSchema).min(1).max(64).optional(),
  policy: z.enum(["latency", "weighted", "affinity"]).default("latency"),
  fallbacks: z.array(modelName).max(8).default([]),
  contentFilterFallback: modelName.optional(),
  continuation: z.boolean().optional(),
  /** Without a time of its own it follows the first tokens: slower than nineteen of twenty is slow. */
  hedge: z.strictObject({ afterMs: milliseconds.optional() }).optional(),
  shadow: z.strictObject({ model: modelName, share: z.number().gt(0).max(1) }).optional(),
  cache: z.strictObject({ ttlSeconds: z.int().min(1).max(86_400).default(300) }).optional(),
  /** Per million tokens, in one currency of the operator's choice. */
  price: priceSchema.optional(),
  /** The chat model used when nobody chose one. */
  default: z.boolean().optional(),
  /** The embedding model that indexes documents and questions. */
  embedding: z.boolean().optional(),
});

const aliasSchema = z.union(
  [modelName, z.strictObject({ light: modelName, heavy: modelName })],
  "must be the name of a model, or { light: NAME, heavy: NAME }",
);

const limitSchema = z.strictObject({
  requestsPerMinute: z.int().min(1).optional(),
  tokensPerMinute: z.int().min(1).optional(),
  concurrentStreams: z.int().min(1).optional(),
  /** In the currency of the prices. */
  monthlyBudget: z.number().min(0).optional(),
});
export type LimitFile = z.infer<typeof limitSchema>;

/** The file as written. */
export const configFileSchema = z.strictObject({
  upstreams: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and dashes"),
      upstreamSchema,
    )
    .default({}),
  models: z.array(modelSchema).default([]),
  aliases: z.record(modelName, aliasSchema).default({}),
  /** False hides the built-in chat model from lists and calls. */
  builtinChat: z.boolean().default(true),
  timeouts: z.strictObject({ ...timeoutsFields, clientStuckMs: milliseconds.optional() }).default({}),
  retries: z
    .strictObject({
      max: z.int().min(0).max(10).default(2),
      baseMs: milliseconds.default(250),
      maxWaitMs: z.int().min(0).max(600_000).default(10_000),
    })
    .prefault({}),
  breaker: z
    .strictObject({
      failures: z.int().min(1).max(1000).default(5),
      openMs: milliseconds.default(10_000),
      maxOpenMs: milliseconds.default(300_000),
    })
    .prefault({}),
  /** False: an answer cut in the middle ends with an error instead of going on elsewhere. */
  continuation: z.boolean().default(true),
  limits: z
    .strictObject({
      organisation: limitSchema.optional(),
      user: limitSchema.optional(),
      key: limitSchema.optional(),
    })
    .default({}),
  cacheMegabytes: z.int().min(1).max(4096).default(64),
});
export type ConfigFile = z.infer<typeof configFileSchema>;
export type UpstreamFile = ConfigFile["upstreams"][string];
export type ModelFile = ConfigFile["models"][number];
