import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { OnnxPooling } from "../../../config/router-config.ts";

/** A model that cannot be used; the message is one line for administrators. */
export class UnusableModel extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnusableModel";
  }
}

/** What the files beside the graph say. */
export interface ModelFiles {
  readonly tokenizer: object;
  readonly tokenizerConfig: object;
  readonly maxTokens: number;
  readonly padToken: string | undefined;
  readonly padTokenId: number | undefined;
  /** Undefined when no file says how token vectors become one. */
  readonly pooling: OnnxPooling | undefined;
  /** Steps after pooling that a graph without them would lack, such as `Dense`. */
  readonly furtherModules: readonly string[];
}

/** Where no file names a length: that of most encoders. */
const DEFAULT_MAX_TOKENS = 512;
/** Tokenizers without a bound write a number of thirty digits. */
const UNBOUNDED = 1_000_000;
/** Position numbers of these families begin behind the padding's. */
const OFFSET_POSITIONS = new Set(["roberta", "xlm-roberta", "camembert", "mpnet"]);

const tokenizerConfigSchema = z.looseObject({
  model_max_length: z.number().nullish(),
  pad_token: z.union([z.string(), z.looseObject({ content: z.string() })]).nullish(),
});
const configSchema = z.looseObject({
  model_type: z.string().nullish(),
  max_position_embeddings: z.number().nullish(),
  pad_token_id: z.number().nullish(),
});
const sentenceConfigSchema = z.looseObject({ max_seq_length: z.number().nullish() });
const modulesSchema = z.array(z.looseObject({ type: z.string() }));
const poolingSchema = z.looseObject({ pooling_mode: z.string().nullish() });

/** Reads what stands beside the graph. Throws UnusableModel that names the file. */
export function readModelFiles(directory: string): ModelFiles {
  const read = <Schema extends z.ZodType>(name: string, schema: Schema) =>
    readJson(join(directory, name), schema);
  const tokenizer = read("tokenizer.json", z.looseObject({ model: z.looseObject({}) }));
  const tokenizerConfig = read("tokenizer_config.json", tokenizerConfigSchema);
  const config = read("config.json", configSchema);
  if (tokenizer === undefined || tokenizerConfig === undefined || config === undefined) {
    throw new UnusableModel(`${directory}: tokenizer.json, tokenizer_config.json or config.json is missing`);
  }
  const sentence = read("sentence_bert_config.json", sentenceConfigSchema);
  const modules = read("modules.json", modulesSchema) ?? [];
  const positions = config.max_position_embeddings ?? undefined;
  const offset = OFFSET_POSITIONS.has(config.model_type ?? "") ? (config.pad_token_id ?? 1) + 1 : 0;
  const { pad_token: padToken } = tokenizerConfig;
  return {
    tokenizer,
    tokenizerConfig,
    maxTokens: smallest([
      sentence?.max_seq_length,
      tokenizerConfig.model_max_length,
      positions === undefined ? undefined : positions - offset,
    ]),
    padToken: (typeof padToken === "string" ? padToken : padToken?.content) ?? undefined,
    padTokenId: config.pad_token_id ?? undefined,
    pooling: readPooling(directory),
    furtherModules: modules
      .map(({ type }) => type.split(".").at(-1) ?? type)
      .filter((type) => !["Transformer", "Pooling", "Normalize"].includes(type)),
  };
}

function smallest(lengths: readonly (number | null | undefined)[]): number {
  const known = lengths.filter(
    (length): length is number => typeof length === "number" && length >= 8 && length < UNBOUNDED,
  );
  return known.length === 0 ? DEFAULT_MAX_TOKENS : Math.floor(Math.min(...known));
}

const POOLINGS: Readonly<Record<string, OnnxPooling>> = {
  cls: "cls",
  pooling_mode_cls_token: "cls",
  mean: "mean",
  pooling_mode_mean_tokens: "mean",
  lasttoken: "last",
  pooling_mode_lasttoken: "last",
};

/** Both ways in which sentence-transformers writes it: a name, or one flag of several. */
function readPooling(directory: string): OnnxPooling | undefined {
  const path = join(directory, "1_Pooling", "config.json");
  const file = readJson(path, poolingSchema);
  if (file === undefined) return undefined;
  const flags = Object.entries(file).flatMap(([name, value]) =>
    name.startsWith("pooling_mode_") && value === true ? [name] : [],
  );
  const named = typeof file.pooling_mode === "string" ? [file.pooling_mode] : flags;
  const [only = ""] = named;
  const pooling = named.length === 1 ? POOLINGS[only] : undefined;
  if (pooling !== undefined) return pooling;
  throw new UnusableModel(
    `${path} asks for ${named.join(" and ") || "no pooling"}; mean, cls and last are known: set "pooling" if one of them is right`,
  );
}

function readJson<Schema extends z.ZodType>(path: string, schema: Schema): z.infer<Schema> | undefined {
  if (!existsSync(path)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new UnusableModel(`${path} cannot be read as JSON; copy it anew`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnusableModel(`${path}: ${parsed.error.issues[0]?.path.join(".")} is not what it should be`);
}
