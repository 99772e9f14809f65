import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeMessage, type Field } from "./test-protobuf.ts";

/** Words the tiny models know; the four special tokens come first. */
export const TEST_WORDS = [
  "pump",
  "valve",
  "leaks",
  "repaired",
  "invoice",
  "paid",
  "query",
  "passage",
  ":",
  "the",
];
const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
const VOCABULARY = [...SPECIAL, ...TEST_WORDS];

/** What a tiny model may have otherwise. */
export interface TestModelOptions {
  /** Name of the graph's file; `onnx/model.onnx` by default. */
  readonly file?: string;
  /** Content of `1_Pooling/config.json`. */
  readonly pooling?: object;
  readonly maxLength?: number;
  /** Names of inputs in place of the usual three. */
  readonly inputs?: readonly string[];
  /** Bytes in place of the graph's. */
  readonly graph?: Uint8Array;
}

const FLOAT = 1;
const INT64 = 7;

// Messages of onnx.proto3, by the numbers of their fields.
function tensor(name: string, dims: readonly number[], values: Float32Array | BigInt64Array): Field {
  const type = values instanceof Float32Array ? FLOAT : INT64;
  const raw = new Uint8Array(values.buffer);
  return [5, [...dims.map((dim): Field => [1, dim]), [2, type], [8, name], [9, raw]]];
}

function node(
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly Field[] = [],
): Field {
  return [1, [...inputs.map((input): Field => [1, input]), [2, output], [4, type], ...attributes]];
}

const intAttribute = (name: string, value: number): Field => [
  5,
  [
    [1, name],
    [3, value],
    [20, 2],
  ],
];

function value(field: 11 | 12, name: string, type: number, dims: readonly (string | number)[]): Field {
  const shape = dims.map((dim): Field => [1, [typeof dim === "string" ? [2, dim] : [1, dim]]]);
  return [
    field,
    [
      [1, name],
      [
        2,
        [
          [
            1,
            [
              [1, type],
              [2, shape],
            ],
          ],
        ],
      ],
    ],
  ];
}

function model(parts: readonly Field[]): Uint8Array {
  return encodeMessage([
    [1, 8],
    [7, [[2, "tiny"], ...parts]],
    [8, [[2, 13]]],
  ]);
}

const INPUTS = ["input_ids", "attention_mask", "token_type_ids"];
const inputs = (names: readonly string[]) => names.map((name) => value(11, name, INT64, ["batch", "length"]));

/** The vector of a word: a direction of its own, and a little of another that all special tokens share. */
export function testVector(word: string): number[] {
  const at = VOCABULARY.indexOf(word);
  return VOCABULARY.map((_, index) => (index === at ? 1 : at < SPECIAL.length && index === 0 ? 0.5 : 0));
}

function table(zeroed: readonly string[]): Float32Array {
  return Float32Array.from(
    VOCABULARY.flatMap((word) => (zeroed.includes(word) ? VOCABULARY.map(() => 0) : testVector(word))),
  );
}

const SIZE = VOCABULARY.length;

/** Looks every token up in a table: `last_hidden_state`. */
function embedderGraph(names: readonly string[]): Uint8Array {
  return model([
    node("Gather", ["table", "input_ids"], "last_hidden_state"),
    tensor("table", [SIZE, SIZE], table([])),
    ...inputs(names),
    value(12, "last_hidden_state", FLOAT, ["batch", "length", SIZE]),
  ]);
}

/** Counts how often words of the first text stand in the second, less one: `logits`. */
function rerankerGraph(names: readonly string[]): Uint8Array {
  return model([
    node("Gather", ["table", "input_ids"], "words"),
    node("Cast", ["token_type_ids"], "second_flat", [intAttribute("to", FLOAT)]),
    node("Unsqueeze", ["second_flat", "last_axis"], "second"),
    node("Sub", ["one", "second"], "first"),
    node("Mul", ["words", "first"], "query_words"),
    node("Mul", ["words", "second"], "text_words"),
    node("ReduceSum", ["query_words", "middle_axis"], "query", [intAttribute("keepdims", 0)]),
    node("ReduceSum", ["text_words", "middle_axis"], "text", [intAttribute("keepdims", 0)]),
    node("Mul", ["query", "text"], "shared"),
    node("ReduceSum", ["shared", "middle_axis"], "overlap"),
    node("Sub", ["overlap", "one"], "logits"),
    tensor("table", [SIZE, SIZE], table(SPECIAL)),
    tensor("one", [1], Float32Array.of(1)),
    tensor("last_axis", [1], BigInt64Array.of(2n)),
    tensor("middle_axis", [1], BigInt64Array.of(1n)),
    ...inputs(names),
    value(12, "logits", FLOAT, ["batch", 1]),
  ]);
}

const tokenizer = {
  version: "1.0",
  added_tokens: SPECIAL.map((content, id) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  })),
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)],
    pair: [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0), sequence("B", 1), special("[SEP]", 1)],
    special_tokens: Object.fromEntries(
      ["[CLS]", "[SEP]"].map((id) => [id, { id, ids: [SPECIAL.indexOf(id)], tokens: [id] }]),
    ),
  },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])),
  },
};

function special(id: string, type: number) {
  return { SpecialToken: { id, type_id: type } };
}

function sequence(id: "A" | "B", type: number) {
  return { Sequence: { id, type_id: type } };
}

/** Writes a model of a few kilobytes that the real runtime runs, laid out as Hugging Face does; returns the directory. */
export function writeTestModel(
  directory: string,
  kind: "embedder" | "reranker",
  { file = "onnx/model.onnx", pooling, maxLength = 64, inputs: names = INPUTS, graph }: TestModelOptions = {},
): string {
  const write = (name: string, content: object | Uint8Array) => {
    const path = join(directory, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content instanceof Uint8Array ? content : JSON.stringify(content));
  };
  write("tokenizer.json", tokenizer);
  write("tokenizer_config.json", {
    tokenizer_class: "BertTokenizer",
    model_max_length: maxLength,
    pad_token: "[PAD]",
  });
  write("config.json", { model_type: "bert", max_position_embeddings: 512, pad_token_id: 0 });
  if (pooling !== undefined) write("1_Pooling/config.json", pooling);
  write(file, graph ?? (kind === "embedder" ? embedderGraph(names) : rerankerGraph(names)));
  return directory;
}
