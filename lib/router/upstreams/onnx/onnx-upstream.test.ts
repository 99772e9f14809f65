import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findOnnxRuntime } from "../../../../e2e/onnx-runtime/find-onnx-runtime.ts";
import { parseConfig } from "../../config/parse-config.ts";
import { embedTexts } from "../../embed-texts.ts";
import { rerankTexts } from "../../rerank-texts.ts";
import { startTestRouter, TEST_KEY, type TestRouter } from "../../test-router.ts";
import { createUpstreams } from "../create-upstreams.ts";
import { TEST_WORDS, writeTestModel } from "./test-onnx-model.ts";

const packages = findOnnxRuntime() ?? "";
const folder = mkdtempSync(join(tmpdir(), "vouch-onnx-"));
const principal = {
  orgId: "01890000-0000-7000-8000-000000000001",
  userId: "01890000-0000-7000-8000-000000000002",
};

const upstreams = (runtime: string) => `
  local:
    kind: onnx
    packages: ${runtime}
    threads: 1
    models:
      tiny: { directory: ${folder}/embedder, file: model_quantized.onnx }
      first: { directory: ${folder}/cls }
      e5: { directory: ${folder}/embedder, file: model_quantized.onnx, pooling: mean, queryPrefix: "query: ", documentPrefix: "passage: " }
      judge: { directory: ${folder}/reranker }
      absent: { directory: ${folder}/absent }`;
const modelEntries = ["tiny", "first", "e5", "absent"]
  .map((name) => `  - { name: ${name}, kind: embedding, upstream: local, embedding: ${name === "tiny"} }`)
  .concat(
    "  - { name: judge, kind: rerank, upstream: local }",
    "  - { name: wrong, kind: rerank, upstream: local, upstreamModel: tiny }",
  )
  .join("\n");

let router: TestRouter;
let client: OpenAI;
beforeAll(async () => {
  writeTestModel(join(folder, "embedder"), "embedder", { file: "onnx/model_quantized.onnx", maxLength: 16 });
  writeTestModel(join(folder, "cls"), "embedder", { pooling: { pooling_mode_cls_token: true } });
  writeTestModel(join(folder, "reranker"), "reranker");
  router = await startTestRouter({
    upstreams: upstreams(packages || "/nowhere"),
    modelEntries,
    settings: "retries: { max: 2 }",
  });
  client = new OpenAI({ baseURL: router.baseUrl, apiKey: TEST_KEY, maxRetries: 0 });
});
afterAll(async () => {
  await router.close();
  rmSync(folder, { recursive: true });
});

const embed = async (input: string | string[], more: object = {}) =>
  (await client.embeddings.create({ model: "tiny", encoding_format: "float", input, ...more })).data.map(
    ({ embedding }) => embedding,
  );

async function rerank(body: object) {
  const response = await fetch(`${router.baseUrl}/rerank`, {
    method: "POST",
    headers: { authorization: `Bearer ${TEST_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "judge", ...body }),
  });
  return { status: response.status, json: await response.json() };
}

function cosine(one: readonly number[] = [], other: readonly number[] = []): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
}

const runtime = describe.skipIf(packages === "");

runtime("embeddings of a local model (needs onnxruntime-node)", () => {
  test("have length 1 and say what is alike", async () => {
    const [leaks, broken, money] = await embed(["the pump leaks", "pump leaks", "invoice paid"]);
    expect(cosine(leaks, leaks)).toBeCloseTo(1, 5);
    expect(cosine(leaks, broken)).toBeGreaterThan(0.8);
    expect(cosine(leaks, money)).toBeLessThan(0.7);
  });

  test("do not depend on what is calculated beside them", async () => {
    const texts = ["pump", "the pump leaks the valve repaired", "", "unknown words"];
    const together = await embed(texts);
    for (const [index, text] of texts.entries()) {
      const [alone] = await embed(text);
      expect(cosine(alone, together[index])).toBeCloseTo(1, 5);
    }
  });

  test("are the mean of their tokens, or the first one where the model's files say so", async () => {
    const [mean, first] = await Promise.all([embed("pump"), embed("pump", { model: "first" })]);
    // [CLS] pump [SEP], each a direction of its own; the special ones share half of another.
    expect(mean[0]?.filter((value) => value > 0)).toHaveLength(4);
    expect(first[0]?.filter((value) => value > 0)).toHaveLength(2);
  });

  test("reach the official client in its own form, with the tokens the model read", async () => {
    const reply = await client.embeddings.create({ model: "tiny", input: ["the pump leaks", "paid"] });
    expect(reply).toMatchObject({ model: "tiny", usage: { prompt_tokens: 8, total_tokens: 8 } });
    expect(reply.data[0]?.embedding).toHaveLength(4 + TEST_WORDS.length);
    expect(router.usage.at(-1)).toMatchObject({
      upstream: "local",
      model: "tiny",
      outcome: "complete",
      promptTokens: 8,
      costMicros: 0,
      usageEstimated: false,
    });
  });

  test("tell when texts were cut, and are those of the beginning", async () => {
    const long = `pump ${"leaks ".repeat(40)}`;
    const cut = await client.embeddings.create({
      model: "tiny",
      encoding_format: "float",
      input: [long, "paid"],
    });
    expect(cut.usage).toMatchObject({ prompt_tokens: 16 + 3, truncated_texts: 1 });
    const [short] = await embed(`pump ${"leaks ".repeat(13)}`);
    expect(cosine(cut.data[0]?.embedding, short)).toBeCloseTo(1, 5);
  });

  test("of questions and documents get the words that the model was trained with", async () => {
    const bare = await embed(["query: pump", "passage: pump"]);
    const asked = await embed("pump", { model: "e5", input_type: "query" });
    const passages = await embed("pump", { model: "e5" });
    expect(cosine(asked[0], bare[0])).toBeCloseTo(1, 5);
    expect(cosine(passages[0], bare[1])).toBeCloseTo(1, 5);
  });

  test("are refused in words for what cannot be embedded", async () => {
    await expect(embed("x", { dimensions: 5 })).rejects.toMatchObject({ status: 400 });
    await expect(embed("x", { input_type: "poem" })).rejects.toMatchObject({
      status: 400,
      param: "input_type",
    });
    await expect(client.embeddings.create({ model: "tiny", input: [1, 2] })).rejects.toMatchObject({
      status: 400,
    });
    await expect(
      client.chat.completions.create({ model: "tiny", messages: [{ role: "user", content: "x" }] }),
    ).rejects.toMatchObject({ status: 404, code: "model_not_supported" });
  });
});

runtime("reranking by a local model (needs onnxruntime-node)", () => {
  const documents = ["invoice paid", "the pump leaks", { text: "the pump" }];

  test("puts the texts that answer first, with scores from 0 to 1", async () => {
    const { json } = await rerank({ query: "pump leaks", documents });
    expect(json).toMatchObject({
      model: "judge",
      results: [
        { index: 1, relevance_score: 1 / (1 + Math.exp(-1)) },
        { index: 2, relevance_score: 0.5 },
        { index: 0, relevance_score: 1 / (1 + Math.exp(1)) },
      ],
      // [CLS] two words [SEP] the text [SEP], three times.
      usage: { prompt_tokens: 3 * 5 + 2 + 3 + 2 },
    });
    expect(router.usage.at(-1)).toMatchObject({ endpoint: "rerank", upstream: "local", promptTokens: 22 });
  });

  test("gives as many as are asked for, with their texts", async () => {
    const { json } = await rerank({ query: "pump leaks", documents, top_n: 1, return_documents: true });
    expect(json.results).toEqual([
      { index: 1, relevance_score: expect.any(Number), document: { text: "the pump leaks" } },
    ]);
  });

  test("by a model that is no reranker is an error that names no path", async () => {
    const { status, json } = await rerank({ model: "wrong", query: "pump", documents });
    expect([status, json.error.message]).toEqual([
      502,
      "The local model tiny could not do this: its administrator finds the reason in the log.",
    ]);
  });
});

runtime("the program's own searches (need onnxruntime-node)", () => {
  const config = () =>
    parseConfig(`upstreams:${upstreams(packages || "/nowhere")}\nmodels:\n${modelEntries}`, {
      file: "vouch.yaml",
      readSecret: () => undefined,
    });

  test("embed and rerank by local models, in a space of their name, with the words for questions", async () => {
    const set = createUpstreams(config(), { paceMs: 0, isWatched: false });
    const rows: { endpoint: string }[] = [];
    const deps = {
      config: config(),
      upstreams: set.upstreams,
      usage: { record: (row: { endpoint: string }) => rows.push(row), size: 0, flush: async () => 0 },
      sleep: async () => {},
    };
    const { space, dimensions } = await embedTexts(["pump"], { principal }, deps);
    expect([space, dimensions]).toEqual(["local/tiny", 14]);
    const question = await embedTexts(["pump"], { model: "e5", purpose: "query", principal }, deps);
    const [bare] = await embed("query: pump");
    expect(cosine(Array.from(question.vectors[0] ?? []), bare)).toBeCloseTo(1, 5);
    const { scores, model } = await rerankTexts(
      "pump",
      ["paid", "the pump"],
      { model: "judge", principal },
      deps,
    );
    expect([model, scores]).toEqual(["judge", [1 / (1 + Math.exp(1)), 0.5]]);
    expect(rows.map(({ endpoint }) => endpoint)).toEqual(["embeddings", "embeddings", "rerank"]);
    set.close();
  });
});

describe("a local model that is missing", () => {
  test("is refused to clients without a path, is named to administrators, and leaves the others alone", async () => {
    await expect(embed("x", { model: "absent" })).rejects.toMatchObject({
      status: 503,
      code: "upstream_not_ready",
      message: expect.not.stringContaining(folder),
    });
    expect(router.usage.filter(({ model }) => model === "absent")).toHaveLength(1);
    const local = router.router.state().upstreams.find(({ name }) => name === "local");
    expect(local?.modelErrors.find(({ model }) => model === "absent")?.reason).toMatch(
      packages === ""
        ? /vouch\.yaml:\d+: upstreams\.local.*install with: npm install/
        : /^vouch\.yaml:\d+: upstreams\.local\.models\.absent\.directory: there is no directory .*\/absent; write where/,
    );
    const builtin = await embed("x", { model: "vouch-embed-1" });
    expect(builtin[0]).toHaveLength(384);
  });
});
