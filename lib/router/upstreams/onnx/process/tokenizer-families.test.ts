import { describe, expect, test } from "vitest";
import { findOnnxRuntime } from "../../../../../e2e/onnx-runtime/find-onnx-runtime.ts";
import { loadPackages } from "./runtime.ts";
import { TokenEncoder } from "./token-encoder.ts";

const packages = findOnnxRuntime() ?? "";

const added = (names: Readonly<Record<string, number>>) =>
  Object.entries(names).map(([content, id]) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  }));

const unigramVocabulary: [piece: string, score: number][] = [
  ["<s>", 0],
  ["<pad>", 0],
  ["</s>", 0],
  ["<unk>", 0],
  ["▁pump", -2],
  ["▁leaks", -2],
  ["▁", -5],
  ..."abcdefghijklmnopqrstuvwxyz".split("").map((letter): [string, number] => [letter, -6]),
];

/** As XLM-RoBERTa, multilingual e5 and bge-m3 write theirs. */
const unigram = {
  added_tokens: added({ "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3 }),
  normalizer: { type: "NFKC" },
  pre_tokenizer: { type: "Metaspace", replacement: "▁", add_prefix_space: true, prepend_scheme: "always" },
  post_processor: {
    type: "RobertaProcessing",
    cls: ["<s>", 0],
    sep: ["</s>", 2],
    trim_offsets: true,
    add_prefix_space: true,
  },
  decoder: null,
  model: { type: "Unigram", unk_id: 3, vocab: unigramVocabulary },
};

const bytePieces = [
  "a",
  "b",
  "p",
  "u",
  "m",
  "Ġ",
  "pu",
  "pum",
  "pump",
  "Ġpump",
  "Ġp",
  "Ġpu",
  "Ġpum",
  "<|end|>",
];

/** As decoders that embed write theirs: no beginning, an end behind the text. */
const byteLevel = {
  added_tokens: added({ "<|end|>": 13 }),
  normalizer: null,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: {
    type: "TemplateProcessing",
    single: [{ Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "<|end|>", type_id: 0 } }],
    pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
    special_tokens: { "<|end|>": { id: "<|end|>", ids: [13], tokens: ["<|end|>"] } },
  },
  decoder: { type: "ByteLevel" },
  model: {
    type: "BPE",
    vocab: Object.fromEntries(bytePieces.map((piece, id) => [piece, id])),
    merges: ["p u", "pu m", "pum p", "Ġ pump"],
  },
};

describe.skipIf(packages === "")("tokenizers of other families (need @huggingface/tokenizers)", () => {
  const tokenizerOf = (json: object) => new (loadPackages(packages).Tokenizer)(json, {});

  test("with pieces and RoBERTa's frames are filled and cut as they are written", () => {
    const encoder = new TokenEncoder(tokenizerOf(unigram), 8);
    expect(encoder.encode("pump leaks").ids).toEqual([0, 4, 5, 2]);
    expect(encoder.encode("pump ".repeat(20).trim())).toMatchObject({
      ids: [0, 4, 4, 4, 4, 4, 4, 2],
      isCut: true,
    });
    expect(encoder.pairsWith("pump")("pump leaks leaks leaks").ids).toEqual([0, 4, 2, 2, 4, 5, 5, 2]);
  });

  test("with bytes and an end behind the text keep the end when the text is cut", () => {
    const encoder = new TokenEncoder(tokenizerOf(byteLevel), 3);
    expect(encoder.encode("pump").ids).toEqual([8, 13]);
    expect(encoder.encode("pump pump pump pump")).toMatchObject({ ids: [8, 9, 13], isCut: true });
  });
});
