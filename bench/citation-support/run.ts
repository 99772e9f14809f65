/**
 * How well the claim checker tells supported claims from unsupported ones, on AttributionBench (development part).
 *
 *   node bench/citation-support/run.ts --data DIR
 *
 * A claim counts as supported when its best span over its references has at least the threshold's score and all its
 * numbers. Reported: AUC of the score, macro-F1 at the program's own verdicts and at the best threshold of each half
 * (chosen on the one, measured on the other).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { supportingSpan } from "../../lib/knowledge/cite/supporting-span.ts";

const { values } = parseArgs({ options: { data: { type: "string", default: "../shared/data" } } });

interface Item {
  readonly claim: string;
  readonly references: readonly string[];
  readonly label: string;
}

interface Judged {
  readonly score: number;
  readonly verdict: string;
  readonly isSupported: boolean;
}

const items: Item[] = readFileSync(join(values.data, "attributionbench", "dev.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Item);

const judged: Judged[] = items.map(({ claim, references, label }) => {
  const best = references
    .map((text) => supportingSpan(claim, { text, start: 0 }))
    .toSorted((left, right) => right.score - left.score)[0];
  return {
    score: best?.score ?? 0,
    verdict: best?.verdict ?? "unsupported",
    isSupported: label === "attributable",
  };
});

/** Area under the ROC curve: how often a supported claim scores above an unsupported one, ties half. */
function areaUnderCurve(cases: readonly Judged[]): number {
  const positive = cases.filter(({ isSupported }) => isSupported);
  const negative = cases.filter(({ isSupported }) => !isSupported);
  let wins = 0;
  for (const { score } of positive) {
    for (const other of negative) wins += score > other.score ? 1 : score === other.score ? 0.5 : 0;
  }
  return wins / (positive.length * negative.length);
}

function macroF1(cases: readonly Judged[], says: (item: Judged) => boolean): number {
  const f1 = (of: boolean) => {
    const hit = cases.filter((item) => says(item) === of && item.isSupported === of).length;
    const said = cases.filter((item) => says(item) === of).length;
    const is = cases.filter((item) => item.isSupported === of).length;
    return said + is === 0 ? 0 : (2 * hit) / (said + is);
  };
  return (f1(true) + f1(false)) / 2;
}

function bestThreshold(cases: readonly Judged[]): number {
  const thresholds = Array.from({ length: 99 }, (_, index) => (index + 1) / 100);
  return thresholds.reduce((best, threshold) =>
    macroF1(cases, ({ score }) => score >= threshold) > macroF1(cases, ({ score }) => score >= best)
      ? threshold
      : best,
  );
}

const halves = [
  judged.filter((_, index) => index % 2 === 0),
  judged.filter((_, index) => index % 2 === 1),
] as const;
const crossed = ([0, 1] as const).map((half) => {
  const threshold = bestThreshold(halves[half]);
  return { threshold, macroF1: macroF1(halves[half === 0 ? 1 : 0], ({ score }) => score >= threshold) };
});

console.log(
  JSON.stringify(
    {
      claims: judged.length,
      auc: Number(areaUnderCurve(judged).toFixed(3)),
      macroF1Supported: Number(macroF1(judged, ({ verdict }) => verdict === "supported").toFixed(3)),
      macroF1SupportedOrPartly: Number(
        macroF1(judged, ({ verdict }) => verdict !== "unsupported").toFixed(3),
      ),
      chosenOnOneHalfMeasuredOnTheOther: crossed,
    },
    null,
    2,
  ),
);
