import { z } from "zod";
import { checkDataSchema, citationDataSchema, usageDataSchema } from "../chat/schema.ts";
import { searchModeSchema, searchResultSchema, searchTraceSchema } from "../knowledge/schema.ts";
import { idSchema } from "../shared/ids.ts";

/** Limits of an imported dataset; an import that breaks one is refused whole. */
export const DATASET_LIMITS = { bytes: 5_000_000, items: 1000 } as const;

/** A dataset file inside a JSON body, where quotes and backslashes take two bytes. */
export const DATASET_BODY_LIMIT_BYTES = 2 * DATASET_LIMITS.bytes + 100_000;

/** Where the answer to a question stands: a file by its name, the page when it has pages, the words. */
export const expectedSourceSchema = z.strictObject({
  document: z.string().trim().min(1).max(300),
  page: z.number().int().positive().nullable(),
  quote: z.string().trim().min(1).max(4000),
});
export type ExpectedSource = z.infer<typeof expectedSourceSchema>;

/** One line of a dataset file. */
export const datasetItemSchema = z
  .strictObject({
    id: z.string().trim().min(1).max(100),
    question: z.string().trim().min(1).max(2000),
    /** The reference answer; null when there is none to compare with. */
    answer: z.string().max(8000).nullable(),
    /** False when the documents do not hold the answer, so that refusing is right. */
    answerable: z.boolean(),
    tags: z.array(z.string().trim().min(1).max(60)).max(20),
    expectedSources: z.array(expectedSourceSchema).max(20),
  })
  .refine((item) => item.answerable || item.expectedSources.length === 0, {
    path: ["expectedSources"],
    message: "an unanswerable question has no expected sources",
  });
export type DatasetItem = z.infer<typeof datasetItemSchema>;

export const datasetSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  description: z.string(),
  /** Raised by every change of the items. */
  version: z.number().int(),
  isSample: z.boolean(),
  itemCount: z.number().int(),
  answerableCount: z.number().int(),
  createdAt: z.iso.datetime(),
});
export type Dataset = z.infer<typeof datasetSchema>;

const datasetName = z.string().trim().min(1).max(120);
const jsonl = z.string().min(1).max(DATASET_LIMITS.bytes);

export const createDatasetSchema = z.strictObject({
  name: datasetName,
  description: z.string().trim().max(1000).default(""),
  /** The items, one JSON object a line; an empty dataset when absent. */
  jsonl: jsonl.optional(),
});
export type CreateDataset = z.input<typeof createDatasetSchema>;

export const updateDatasetSchema = z
  .strictObject({ name: datasetName.optional(), description: z.string().trim().max(1000).optional() })
  .refine((change) => Object.keys(change).length > 0, "Name at least one field to change.");
export type UpdateDataset = z.infer<typeof updateDatasetSchema>;

/** PUT /api/admin/datasets/{id}/items: replaces all items. */
export const importItemsSchema = z.strictObject({ jsonl });

/** What a run sets; everything else is as in the chat. */
export const runConfigurationSchema = z.strictObject({
  /** A model of the router; the default model when absent. */
  model: z.string().trim().min(1).max(200).optional(),
  mode: searchModeSchema.default("hybrid"),
  /** Share of the semantic score in the fusion, 0 to 1; the embedder's default when absent. */
  semanticWeight: z.number().min(0).max(1).optional(),
  /** Passages given to the model. */
  passages: z.number().int().min(1).max(20).default(8),
  rerank: z.boolean().default(true),
  /** Collections searched; every readable one when absent. */
  collectionIds: z.array(idSchema).min(1).max(100).optional(),
});
export type RunConfiguration = z.infer<typeof runConfigurationSchema>;

export const createRunSchema = z.strictObject({
  datasetId: idSchema,
  configuration: runConfigurationSchema.prefault({}),
});
export type CreateRun = z.input<typeof createRunSchema>;

export const runStateSchema = z.enum(["queued", "running", "complete", "stopped", "failed"]);
export type RunState = z.infer<typeof runStateSchema>;

/** Figures each item is scored with; absent from an item to which one does not apply. */
export const itemMetricSchema = z.enum([
  "recall@5",
  "recall@10",
  "ndcg@10",
  "mrr@10",
  "citation-validity",
  "citation-precision",
  "citation-recall",
  "supported-sentences",
  "decision",
  "false-refusal",
  "rejection",
  "token-recall",
  "retrieval-ms",
  "first-text-ms",
  "latency-ms",
]);
export type ItemMetric = z.infer<typeof itemMetricSchema>;

/** Scores of one item by metric. */
export const itemScoresSchema = z.partialRecord(itemMetricSchema, z.number());
export type ItemScores = z.infer<typeof itemScoresSchema>;

/** A total of a run: a mean or a percentile over the items that carry the metric, with its 95 % interval. */
export const metricTotalSchema = z.strictObject({
  metric: z.string(),
  n: z.number().int(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
});
export type MetricTotal = z.infer<typeof metricTotalSchema>;

export const runSummarySchema = z.strictObject({
  totals: z.array(metricTotalSchema),
  /** Items that ended with an error; no metric counts them. */
  failedItems: z.number().int(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runSchema = z.strictObject({
  id: idSchema,
  datasetId: idSchema,
  datasetName: z.string(),
  datasetVersion: z.number().int(),
  state: runStateSchema,
  configuration: runConfigurationSchema,
  /** As the answers named it; as configured until the first answer. */
  model: z.string(),
  /** The vector space searched; empty until the first answer. */
  embedder: z.string(),
  commit: z.string(),
  itemCount: z.number().int(),
  itemsDone: z.number().int(),
  summary: runSummarySchema.nullable(),
  errorCode: z.string().nullable(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
});
export type Run = z.infer<typeof runSchema>;

/** What went wrong with an item, in the order in which it is told. */
export const itemProblemSchema = z.enum([
  "error",
  "refused-answerable",
  "answered-unanswerable",
  "citation-invalid",
  "source-not-retrieved",
  "source-not-cited",
]);
export type ItemProblem = z.infer<typeof itemProblemSchema>;

/** A row of the table of questions. */
export const runItemSchema = z.strictObject({
  id: idSchema,
  externalId: z.string(),
  ordinal: z.number().int(),
  question: z.string(),
  answer: z.string(),
  /** Null when the item ended with an error. */
  isAnswerable: z.boolean().nullable(),
  errorCode: z.string().nullable(),
  problems: z.array(itemProblemSchema),
  scores: itemScoresSchema,
});
export type RunItem = z.infer<typeof runItemSchema>;

/** A retrieved passage, best first, with the expected sources (by position) whose words it holds. */
export const tracedResultSchema = z.strictObject({
  rank: z.number().int(),
  ...searchResultSchema.omit({ chunkId: true, collectionId: true }).shape,
  covers: z.array(z.number().int()),
  /** Whether the passage was given to the model. */
  isUsed: z.boolean(),
});
export type TracedResult = z.infer<typeof tracedResultSchema>;

export const tracedCitationSchema = z.strictObject({
  ...citationDataSchema.shape,
  /** `text.slice(start, end) === quote` in the stored version, which the runner may read. */
  isValid: z.boolean(),
  covers: z.array(z.number().int()),
});
export type TracedCitation = z.infer<typeof tracedCitationSchema>;

/** What stood behind an item's figures, with the item as it was measured. */
export const itemTraceSchema = z.strictObject({
  item: z.strictObject({
    answer: z.string().nullable(),
    answerable: z.boolean(),
    tags: z.array(z.string()),
    expectedSources: z.array(expectedSourceSchema),
  }),
  /** Null when the item ended with an error before an answer. */
  outcome: z
    .strictObject({
      searchedQuestion: z.string(),
      search: searchTraceSchema,
      results: z.array(tracedResultSchema),
      citations: z.array(tracedCitationSchema),
      check: checkDataSchema,
      usage: usageDataSchema,
      timingsMs: z.strictObject({
        retrieval: z.number(),
        firstText: z.number().nullable(),
        total: z.number(),
      }),
    })
    .nullable(),
});
export type ItemTrace = z.infer<typeof itemTraceSchema>;

export const runItemDetailSchema = z.strictObject({ ...runItemSchema.shape, trace: itemTraceSchema });
export type RunItemDetail = z.infer<typeof runItemDetailSchema>;

/** GET /api/admin/runs/{id} */
export const runWithItemsSchema = z.strictObject({ run: runSchema, items: z.array(runItemSchema) });
export type RunWithItems = z.infer<typeof runWithItemsSchema>;

/** `same`: every pair is equal. `unclear`: the interval of the difference holds zero, or there are too few pairs. */
export const differenceVerdictSchema = z.enum(["better", "worse", "same", "unclear"]);
export type DifferenceVerdict = z.infer<typeof differenceVerdictSchema>;

/** One total of two runs over the questions both answered; the difference is new minus old. */
export const metricDifferenceSchema = z.strictObject({
  metric: z.string(),
  n: z.number().int(),
  before: z.number(),
  after: z.number(),
  difference: z.number(),
  low: z.number(),
  high: z.number(),
  wins: z.number().int(),
  ties: z.number().int(),
  losses: z.number().int(),
  verdict: differenceVerdictSchema,
});
export type MetricDifference = z.infer<typeof metricDifferenceSchema>;

/** GET /api/admin/runs/{id}/compare?with={runId} */
export const comparisonSchema = z.strictObject({
  runId: idSchema,
  baselineId: idSchema,
  /** Questions in both runs, word for word the same. */
  pairedItems: z.number().int(),
  /** Questions of either run that have no partner. */
  unpairedItems: z.number().int(),
  metrics: z.array(metricDifferenceSchema),
  /** Items (by external id) whose quality figures or outcome differ, timings aside. */
  changedItems: z.array(z.string()),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** One line of a run's totals: which item metric, how it is gathered, which way is better. */
export interface TotalDefinition {
  readonly metric: string;
  readonly of: ItemMetric;
  readonly statistic: "mean" | "p50" | "p95";
  readonly unit: "share" | "ms";
  readonly better: "higher" | "lower";
  readonly group: "Finding" | "Citing" | "Answering" | "Time";
  readonly label: string;
  /** One sentence for the person who reads the figure. */
  readonly meaning: string;
}

const share = (
  group: TotalDefinition["group"],
  metric: ItemMetric,
  label: string,
  meaning: string,
  better: TotalDefinition["better"] = "higher",
): TotalDefinition => ({
  metric,
  of: metric,
  statistic: "mean",
  unit: "share",
  better,
  group,
  label,
  meaning,
});

const time = (
  metric: string,
  of: ItemMetric,
  statistic: "p50" | "p95",
  label: string,
  meaning: string,
): TotalDefinition => ({ metric, of, statistic, unit: "ms", better: "lower", group: "Time", label, meaning });

/** Every total of a run, in the order in which it is shown. The definitions stand in `lib/evaluation/metrics`. */
export const TOTALS: readonly TotalDefinition[] = [
  share("Finding", "recall@5", "Recall@5", "Expected sources among the first 5 passages."),
  share("Finding", "recall@10", "Recall@10", "Expected sources among the first 10 passages."),
  share(
    "Finding",
    "ndcg@10",
    "nDCG@10",
    "How far up the first 10 passages the expected sources stand; 1 is best.",
  ),
  share("Finding", "mrr@10", "MRR@10", "One divided by the rank of the first relevant passage."),
  share("Citing", "citation-validity", "Citation validity", "Citations whose quote equals the stored text."),
  share("Citing", "citation-precision", "Citation precision", "Citations that overlap an expected source."),
  share("Citing", "citation-recall", "Citation recall", "Expected sources that a citation overlaps."),
  share(
    "Citing",
    "supported-sentences",
    "Supported sentences",
    "Sentences that their own citations support.",
  ),
  share(
    "Answering",
    "decision",
    "Right to answer or refuse",
    "Answered when it should, refused when it should.",
  ),
  share("Answering", "false-refusal", "False refusals", "Answerable questions refused.", "lower"),
  share("Answering", "rejection", "Right refusals", "Unanswerable questions refused."),
  share(
    "Answering",
    "token-recall",
    "Answer token recall",
    "Words of the reference answer found in the answer.",
  ),
  time(
    "latency-p50",
    "latency-ms",
    "p50",
    "Whole answer, median",
    "Half of the answers were complete by then.",
  ),
  time(
    "latency-p95",
    "latency-ms",
    "p95",
    "Whole answer, 95th percentile",
    "19 of 20 answers were complete by then.",
  ),
  time(
    "first-text-p50",
    "first-text-ms",
    "p50",
    "First text, median",
    "Half of the answers had begun by then.",
  ),
  time("retrieval-p50", "retrieval-ms", "p50", "Search, median", "Half of the searches were done by then."),
];
