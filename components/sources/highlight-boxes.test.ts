import { expect, test } from "vitest";
import { highlightBoxes } from "@/components/sources/highlight-boxes.ts";
import type { DocumentPage } from "@/lib/knowledge/schema.ts";

/** Two lines: "The pump " + "failed." side by side, then "It was replaced." below. */
const RUNS: DocumentPage["runs"] = [
  [100, 109, 50, 100, 90, 12],
  [109, 116, 142, 100, 70, 12],
  [117, 133, 50, 116, 160, 12],
];

test("a range over whole runs gives their boxes, joined per line", () => {
  expect(highlightBoxes(RUNS, 100, 133)).toEqual([
    { x: 50, y: 100, width: 162, height: 12 },
    { x: 50, y: 116, width: 160, height: 12 },
  ]);
});

test("a run is cut in proportion to its characters", () => {
  expect(highlightBoxes(RUNS, 104, 108)).toEqual([{ x: 90, y: 100, width: 40, height: 12 }]);
  expect(highlightBoxes(RUNS, 120, 200)).toEqual([{ x: 80, y: 116, width: 130, height: 12 }]);
});

test("a range that touches no run gives no box", () => {
  expect(highlightBoxes(RUNS, 0, 100)).toEqual([]);
  expect(highlightBoxes(RUNS, 116, 117)).toEqual([]);
  expect(highlightBoxes(RUNS, 110, 110)).toEqual([]);
  expect(highlightBoxes([], 0, 10)).toEqual([]);
});

test("columns on one line stay apart", () => {
  const columns: DocumentPage["runs"] = [
    [0, 10, 50, 100, 100, 12],
    [10, 20, 320, 100, 100, 12],
  ];
  expect(highlightBoxes(columns, 0, 20)).toHaveLength(2);
});
