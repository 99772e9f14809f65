import { expect, test } from "vitest";
import { rerankBuiltin } from "./rerank.ts";

const documents = [
  "The rent is due on the first day of each month.",
  "The pump was replaced in May 2024 by the landlord.",
  "Pumps of this kind are painted blue. A replacement for the fence was discussed.",
  "Nothing of interest happened.",
];

const order = (query: string, more: object = {}) =>
  rerankBuiltin({ query, documents, ...more }).results.map(({ index }) => index);

test("the document that holds the query's words together comes first", () => {
  expect(order("When was the pump replaced?")).toEqual([1, 2, 0, 3]);
  expect(order("rent due each month")[0]).toBe(0);
});

test("scores lie between 0 and 1, fall from first to last, and are 0 without a common word", () => {
  const scores = rerankBuiltin({ query: "pump replaced", documents }).results.map(
    ({ relevance_score }) => relevance_score,
  );
  expect(scores).toEqual([...scores].sort((left, right) => right - left));
  expect(scores[0]).toBeGreaterThan(0.4);
  expect(scores[0]).toBeLessThanOrEqual(1);
  expect(scores.at(-1)).toBe(0);
});

test("words close together count more than the same words far apart", () => {
  const filler = "and so it went on for many a long day in that house ".repeat(3);
  const results = rerankBuiltin({
    query: "brass lantern",
    documents: [`The brass shone. ${filler} A lantern hung.`, `A brass lantern hung. ${filler}`],
  }).results;
  expect(results[0]?.index).toBe(1);
});

test("only as many as asked for come back, with their text when wanted", () => {
  const { results, usage, model } = rerankBuiltin({
    query: "pump",
    documents: [{ text: "a fence" }, { text: "a pump" }],
    top_n: 1,
    return_documents: true,
  });
  expect(model).toBe("vouch-rerank-1");
  expect(results).toEqual([{ index: 1, relevance_score: expect.any(Number), document: { text: "a pump" } }]);
  expect(usage.total_tokens).toBe(6);
});

test("documents without a difference keep their order, also when the query says nothing", () => {
  expect(order("???")).toEqual([0, 1, 2, 3]);
  expect(order("zebra")).toEqual([0, 1, 2, 3]);
});

test("works for scripts without spaces", () => {
  const results = rerankBuiltin({
    query: "交換ポンプ",
    documents: ["家賃は毎月払う。", "ポンプを交換した。"],
  });
  expect(results.results[0]?.index).toBe(1);
});

test.each([
  [{ documents }, "query"],
  [{ query: " ", documents }, "query"],
  [{ query: "x" }, "documents"],
  [{ query: "x", documents: [] }, "documents"],
  [{ query: "x", documents: ["a", 5] }, "documents[1]"],
  [{ query: "x", documents, top_n: 0 }, "top_n"],
])("a request without what it needs is refused by name: %j", (request, param) => {
  expect(() => rerankBuiltin(request)).toThrow(
    expect.objectContaining({ status: 400, detail: expect.objectContaining({ param }) }),
  );
});
