import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readModelFiles } from "./read-model-files.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "vouch-model-"));
  write("tokenizer.json", { model: {} });
  write("tokenizer_config.json", {});
  write("config.json", {});
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(name: string, content: unknown): void {
  mkdirSync(join(directory, name, ".."), { recursive: true });
  writeFileSync(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));
}

describe("the length of texts", () => {
  test.each([
    ["no file", {}, 512],
    ["the tokenizer, when it has a bound", { "tokenizer_config.json": { model_max_length: 128 } }, 128],
    [
      "the positions, when the tokenizer has none",
      {
        "tokenizer_config.json": { model_max_length: 1e30 },
        "config.json": { max_position_embeddings: 8192 },
      },
      8192,
    ],
    [
      "the positions without those that RoBERTa keeps for itself",
      {
        "config.json": { model_type: "xlm-roberta", max_position_embeddings: 514, pad_token_id: 1 },
      },
      512,
    ],
    [
      "what the model was trained with",
      {
        "tokenizer_config.json": { model_max_length: 512 },
        "sentence_bert_config.json": { max_seq_length: 256 },
      },
      256,
    ],
  ])("follows %s", (_, files, expected) => {
    for (const [name, content] of Object.entries(files)) write(name, content);
    expect(readModelFiles(directory).maxTokens).toBe(expected);
  });
});

describe("the pooling", () => {
  test.each([
    [undefined, undefined],
    [{ pooling_mode_cls_token: false, pooling_mode_mean_tokens: true, include_prompt: true }, "mean"],
    [{ word_embedding_dimension: 384, pooling_mode_cls_token: true }, "cls"],
    [{ pooling_mode_lasttoken: true }, "last"],
    [{ pooling_mode: "cls" }, "cls"],
  ])("of %j is %s", (content, expected) => {
    if (content !== undefined) write("1_Pooling/config.json", content);
    expect(readModelFiles(directory).pooling).toBe(expected);
  });

  test("of a kind that is not known is refused by the name of its file", () => {
    write("1_Pooling/config.json", { pooling_mode_max_tokens: true, pooling_mode_mean_tokens: true });
    expect(() => readModelFiles(directory)).toThrow(
      /1_Pooling\/config\.json asks for pooling_mode_max_tokens and pooling_mode_mean_tokens/,
    );
  });
});

test("the padding and what stands behind the pooling are read as they are written", () => {
  write("tokenizer_config.json", { pad_token: { content: "<pad>" } });
  write("config.json", { pad_token_id: null });
  write("modules.json", [
    { type: "sentence_transformers.models.Transformer" },
    { type: "sentence_transformers.models.Pooling" },
    { type: "sentence_transformers.models.Dense" },
  ]);
  expect(readModelFiles(directory)).toMatchObject({
    padToken: "<pad>",
    padTokenId: undefined,
    furtherModules: ["Dense"],
  });
});

test("a broken file is named", () => {
  write("tokenizer.json", "{");
  expect(() => readModelFiles(directory)).toThrow(`${directory}/tokenizer.json cannot be read as JSON`);
  write("tokenizer.json", { model: {} });
  write("config.json", { max_position_embeddings: "many" });
  expect(() => readModelFiles(directory)).toThrow(
    `${directory}/config.json: max_position_embeddings is not what it should be`,
  );
});
