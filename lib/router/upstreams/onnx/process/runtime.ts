import { createRequire } from "node:module";
import { join } from "node:path";

/** A tensor of the runtime. */
export interface Tensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

interface ValueMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** A loaded graph. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly ValueMetadata[];
  readonly outputMetadata: readonly ValueMetadata[];
  run(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]): Promise<Record<string, Tensor>>;
}

/** As much of `onnxruntime-node` as is used. */
export interface Runtime {
  readonly InferenceSession: {
    create(path: string, options: Readonly<Record<string, unknown>>): Promise<Session>;
  };
  readonly Tensor: new (
    type: "int64" | "int32",
    data: BigInt64Array | Int32Array,
    dims: readonly number[],
  ) => Tensor;
}

/** A text as token ids. */
export interface Encoding {
  readonly ids: readonly number[];
  readonly token_type_ids?: readonly number[] | undefined;
}

/** As much of a tokenizer of `@huggingface/tokenizers` as is used. */
export interface Tokenizer {
  encode(
    text: string,
    options?: {
      readonly text_pair?: string;
      readonly add_special_tokens?: boolean;
      readonly return_token_type_ids?: boolean;
    },
  ): Encoding;
  token_to_id(token: string): number | undefined;
}

interface TokenizerPackage {
  readonly Tokenizer: new (tokenizer: object, config: object) => Tokenizer;
}

/** Loads the packages from a folder's `node_modules`. Throws when they are not there or do not fit this machine. */
export function loadPackages(folder: string): { readonly runtime: Runtime } & TokenizerPackage {
  const load = createRequire(join(folder, "package.json"));
  const runtime = load("onnxruntime-node") as Runtime;
  const { Tokenizer } = load("@huggingface/tokenizers") as TokenizerPackage;
  return { runtime, Tokenizer };
}
