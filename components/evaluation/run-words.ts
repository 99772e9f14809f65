import type {
  DifferenceVerdict,
  ItemProblem,
  MetricDifference,
  RunConfiguration,
  RunState,
} from "@/lib/evaluation/schema.ts";
import { TOTALS } from "@/lib/evaluation/schema.ts";

/** A run's state in the words a reader sees. */
export const STATE_WORDS: Readonly<Record<RunState, string>> = {
  queued: "Waiting",
  running: "Running",
  complete: "Complete",
  stopped: "Stopped",
  failed: "Failed",
};

/** What went wrong with a question, in words. */
export const PROBLEM_WORDS: Readonly<Record<ItemProblem, string>> = {
  error: "Error",
  "refused-answerable": "Refused, though answerable",
  "answered-unanswerable": "Answered, though unanswerable",
  "citation-invalid": "Invalid citation",
  "source-not-retrieved": "Source not retrieved",
  "source-not-cited": "Source not cited",
};

/** What a comparison says about a measure, in words. */
export const DIFFERENCE_WORDS: Readonly<Record<DifferenceVerdict, string>> = {
  better: "Better",
  worse: "Worse",
  same: "No difference",
  unclear: "No clear difference",
};

const MODE_WORDS = {
  hybrid: "Hybrid search",
  semantic: "Semantic search",
  keyword: "Keyword search",
} as const;

/** A configuration as named settings, in the order in which the form asks for them. */
export function settingsOf(configuration: RunConfiguration): readonly (readonly [string, string])[] {
  const { mode, semanticWeight, passages, model, collectionIds } = configuration;
  return [
    ["Search mode", MODE_WORDS[mode]],
    ...(mode === "hybrid"
      ? [
          [
            "Semantic weight",
            semanticWeight === undefined ? "as measured" : semanticWeight.toFixed(2),
          ] as const,
        ]
      : []),
    ["Passages", String(passages)],
    ["Model", model ?? "default"],
    ...(collectionIds === undefined ? [] : [["Collections", String(collectionIds.length)] as const]),
  ];
}

/** The settings in one line: "Keyword search, 8 passages". */
export function settingsLine(configuration: RunConfiguration): string {
  const { mode, semanticWeight, passages, model } = configuration;
  return [
    mode === "hybrid" && semanticWeight !== undefined
      ? `${MODE_WORDS.hybrid} (${Math.round(semanticWeight * 100)} % semantic)`
      : MODE_WORDS[mode],
    `${passages} passage${passages === 1 ? "" : "s"}`,
    ...(model === undefined ? [] : [model]),
  ].join(", ");
}

/** The settings in which two configurations differ, as "Passages: 8, before 4". */
export function changedSettings(after: RunConfiguration, before: RunConfiguration): string[] {
  const old = new Map(settingsOf(before));
  return settingsOf(after).flatMap(([name, value]) => {
    const was = old.get(name);
    return was === undefined || was === value ? [] : `${name}: ${value}, before ${was}`;
  });
}

/** One sentence over all measures of quality, times left out. */
export function comparisonSentence(metrics: readonly MetricDifference[]): string {
  const quality = new Set(TOTALS.flatMap((total) => (total.unit === "share" ? total.metric : [])));
  const shown = metrics.filter((metric) => quality.has(metric.metric));
  const count = (verdict: DifferenceVerdict) => shown.filter((metric) => metric.verdict === verdict).length;
  if (shown.length === 0) return "The two runs have no question in common.";
  if (count("same") === shown.length) return "No difference: both runs score the same on every question.";
  const parts = [
    [count("better"), "better"],
    [count("worse"), "worse"],
    [count("unclear"), "without a clear difference"],
    [count("same"), "without any difference"],
  ] as const;
  return `Measures of quality: ${parts.flatMap(([n, words]) => (n === 0 ? [] : `${n} ${words}`)).join(", ")}.`;
}
