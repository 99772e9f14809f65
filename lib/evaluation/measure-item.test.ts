import { describe, expect, it } from "vitest";
import { AppError } from "../shared/errors.ts";
import { measureItem } from "./measure-item.ts";
import { runConfigurationSchema } from "./schema.ts";
import { createTestSystem, testPrincipal } from "./test-system.ts";

const documents = [
  {
    fileName: "log.md",
    text: "The compressor was replaced in May. The dialler lamp\nfailed on Sunday. Nothing else happened.",
  },
  { fileName: "other.md", text: "The dialler lamp failed on Monday. A letter arrived." },
];
const configuration = runConfigurationSchema.parse({ mode: "keyword", passages: 2 });
const signal = new AbortController().signal;
const item = {
  id: "q1",
  ordinal: 0,
  question: "When was the compressor replaced?",
  answer: "In May.",
  answerable: true,
  tags: [],
  expectedSources: [{ document: "log.md", page: null, quote: "compressor  was replaced" }],
};

describe("measureItem", () => {
  it("scores a question that was found, cited and answered", async () => {
    const { deps } = createTestSystem(documents);
    const { item: measured, measured: by } = await measureItem(
      testPrincipal,
      item,
      configuration,
      deps,
      signal,
    );
    expect(measured.errorCode).toBeNull();
    expect(measured.answer).toBe("The compressor was replaced in May. [1]");
    expect(measured.scores).toEqual({
      "recall@5": 1,
      "recall@10": 1,
      "ndcg@10": 1,
      "mrr@10": 1,
      "citation-validity": 1,
      "citation-precision": 1,
      "citation-recall": 1,
      "supported-sentences": 1,
      decision: 1,
      "false-refusal": 0,
      "token-recall": 1,
      "retrieval-ms": 2,
      "first-text-ms": 5,
      "latency-ms": 10,
    });
    expect(by).toEqual({ model: "test-model", embedder: "test-space" });
    expect(
      measured.trace.outcome?.results.map((result) => [result.rank, result.isUsed, result.covers]),
    ).toEqual([
      [1, true, [0]],
      [2, true, []],
      [3, false, []],
      [4, false, []],
      [5, false, []],
    ]);
  });

  it("takes the same words in another document for no evidence, but finds them across a line break", async () => {
    const { deps } = createTestSystem(documents);
    const lamp = {
      ...item,
      question: "Which day the dialler lamp failed on?",
      answer: null,
      expectedSources: [{ document: "log.md", page: null, quote: "dialler lamp failed" }],
    };
    const { item: measured } = await measureItem(testPrincipal, lamp, configuration, deps, signal);
    const covering = measured.trace.outcome?.results.filter((result) => result.covers.length > 0);
    expect(covering?.map((result) => [result.fileName, result.text])).toEqual([
      ["log.md", "The dialler lamp\nfailed on Sunday."],
    ]);
    expect(measured.scores["token-recall"]).toBeUndefined();
  });

  it("counts a citation as invalid when the stored text is another one", async () => {
    const { deps } = createTestSystem(documents);
    const changed = {
      ...deps,
      getDocumentText: async (...given: Parameters<typeof deps.getDocumentText>) => {
        const stored = await deps.getDocumentText(...given);
        return { ...stored, text: `X${stored.text}` };
      },
    };
    const { item: measured } = await measureItem(testPrincipal, item, configuration, changed, signal);
    expect(measured.scores["citation-validity"]).toBe(0);
  });

  it("counts a citation as invalid when the document may not be read", async () => {
    const { deps } = createTestSystem(documents);
    const unreadable = { ...deps, getDocumentText: () => Promise.reject(new AppError("not_found")) };
    const { item: measured } = await measureItem(testPrincipal, item, configuration, unreadable, signal);
    expect(measured.scores).toMatchObject({ "citation-validity": 0, "recall@10": 0 });
  });

  it("scores a refusal of an unanswerable question as right", async () => {
    const { deps } = createTestSystem(documents);
    const open = { ...item, question: "Who painted the ceiling?", answerable: false, expectedSources: [] };
    const { item: measured } = await measureItem(testPrincipal, open, configuration, deps, signal);
    expect(measured.scores).toEqual({
      decision: 1,
      rejection: 1,
      "retrieval-ms": 2,
      "first-text-ms": 5,
      "latency-ms": 10,
    });
  });

  it("tries again after an error that may pass", async () => {
    const { deps } = createTestSystem(documents);
    let calls = 0;
    const answerQuestion: typeof deps.answerQuestion = (...given) => {
      calls += 1;
      return calls < 3 ? Promise.reject(new AppError("rate_limited")) : deps.answerQuestion(...given);
    };
    const { item: measured } = await measureItem(
      testPrincipal,
      item,
      configuration,
      { ...deps, answerQuestion },
      signal,
    );
    expect(calls).toBe(3);
    expect(measured.errorCode).toBeNull();
  });

  it("returns a lasting error as the item's result, with no scores", async () => {
    const { deps } = createTestSystem(documents);
    const answerQuestion = () => Promise.reject(new AppError("model_unknown"));
    const { item: measured } = await measureItem(
      testPrincipal,
      item,
      configuration,
      { ...deps, answerQuestion },
      signal,
    );
    expect(measured).toMatchObject({ errorCode: "model_unknown", answer: "", scores: {} });
    expect(measured.trace.outcome).toBeNull();
  });

  it("throws when the run is stopped, so that nothing is stored", async () => {
    const { deps } = createTestSystem(documents);
    const stop = new AbortController();
    const answerQuestion = () => {
      stop.abort();
      return Promise.reject(new AppError("model_failed"));
    };
    const measuring = measureItem(
      testPrincipal,
      item,
      configuration,
      { ...deps, answerQuestion },
      stop.signal,
    );
    await expect(measuring).rejects.toThrow();
  });
});
