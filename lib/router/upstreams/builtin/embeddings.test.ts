import { describe, expect, it } from "vitest";
import { BUILTIN_EMBEDDING_MODEL, embedTexts } from "./embed-text.ts";
import { embedBuiltin } from "./embeddings.ts";

describe("embedBuiltin", () => {
  it("answers a single text and a list in OpenAI's form", () => {
    const reply = embedBuiltin({ input: ["first text", "second text"] });
    expect(reply).toMatchObject({
      object: "list",
      model: BUILTIN_EMBEDDING_MODEL,
      data: [
        { object: "embedding", index: 0 },
        { object: "embedding", index: 1 },
      ],
      usage: { prompt_tokens: 4, total_tokens: 4 },
    });
    expect(embedBuiltin({ input: "first text" }).data[0]?.embedding).toEqual(reply.data[0]?.embedding);
  });

  it("encodes base64 as little-endian 32-bit floats", () => {
    const [entry] = embedBuiltin({ input: "first text", encoding_format: "base64" }).data;
    const bytes = Buffer.from(String(entry?.embedding), "base64");
    const decoded = Float32Array.from({ length: bytes.length / 4 }, (_, index) =>
      bytes.readFloatLE(index * 4),
    );
    expect(decoded).toEqual(embedTexts(["first text"])[0]);
  });

  it.each([
    ["token ids", { input: [1, 2, 3] }, /token ids/],
    ["lists of token ids", { input: [[1, 2]] }, /token ids/],
    ["nothing", { input: [] }, /list of texts/],
    ["other types", { input: { text: "x" } }, /list of texts/],
    ["too many texts", { input: Array(2049).fill("x") }, /at most 2048/],
    ["an unknown encoding", { input: "x", encoding_format: "int8" }, /encoding_format/],
    ["another length", { input: "x", dimensions: 256 }, /384 dimensions/],
  ])("refuses %s and says why", (_, request, message) => {
    expect(() => embedBuiltin(request)).toThrow(message);
  });
});
