import type { z } from "zod";
import { isStorableText } from "../platform/http/index.ts";
import { AppError } from "../shared/errors.ts";
import { DATASET_LIMITS, type DatasetItem, datasetItemSchema } from "./schema.ts";

/** Errors told at once: enough to see a pattern, few enough to read. */
const ERRORS_SHOWN = 8;

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path
    .map((step) => (typeof step === "number" ? `[${step + 1}]` : String(step)))
    .join(".")
    .replaceAll(".[", "[");
  return path === "" ? issue.message : `"${path}": ${issue.message}`;
}

function parseLine(line: string): { item: DatasetItem } | { problems: string[] } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problems: ["not valid JSON"] };
  }
  const parsed = datasetItemSchema.safeParse(value);
  if (!parsed.success) return { problems: parsed.error.issues.map(describeIssue) };
  const { data: item } = parsed;
  const sources = item.expectedSources.flatMap((source) => [source.document, source.quote]);
  const texts = [item.id, item.question, item.answer ?? "", ...item.tags, ...sources];
  return texts.every(isStorableText)
    ? { item }
    : { problems: ["holds characters that are not valid text (a NUL or half of a surrogate pair)"] };
}

/**
 * Reads a dataset file: one JSON object a line, blank lines skipped, unknown fields and repeated ids refused.
 *
 * @throws AppError `dataset_too_large`, or `dataset_invalid` whose message names the faulty lines, one a line.
 */
export function parseDataset(text: string): DatasetItem[] {
  if (Buffer.byteLength(text) > DATASET_LIMITS.bytes) throw new AppError("dataset_too_large");
  const items: DatasetItem[] = [];
  const problems: string[] = [];
  const lineOfId = new Map<string, number>();
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const line = raw.trim();
    if (line === "") continue;
    const number = index + 1;
    const parsed = parseLine(line);
    if ("problems" in parsed) {
      problems.push(...parsed.problems.map((problem) => `Line ${number}: ${problem}`));
      continue;
    }
    const earlier = lineOfId.get(parsed.item.id);
    if (earlier !== undefined) problems.push(`Line ${number}: the id stands on line ${earlier} already`);
    lineOfId.set(parsed.item.id, number);
    items.push(parsed.item);
  }
  if (problems.length > 0) throw invalid(problems);
  if (items.length === 0) throw invalid(["The file holds no questions"]);
  if (items.length > DATASET_LIMITS.items) throw new AppError("dataset_too_large");
  return items;
}

function invalid(problems: readonly string[]): AppError {
  const shown = problems.slice(0, ERRORS_SHOWN);
  const more = problems.length - shown.length;
  return new AppError("dataset_invalid", {
    message: [
      "Nothing was imported.",
      ...shown.map((problem) => `${problem}.`),
      ...(more > 0 ? [`And ${more} more.`] : []),
    ].join("\n"),
    context: { count: problems.length },
  });
}

/** Writes items in the form {@link parseDataset} reads: the same items give the same bytes. */
export function formatDataset(items: readonly DatasetItem[]): string {
  return items
    .map((item) => {
      const { id, question, answer, answerable, tags } = item;
      const expectedSources = item.expectedSources.map(({ document, page, quote }) => ({
        document,
        page,
        quote,
      }));
      return `${JSON.stringify({ id, question, answer, answerable, tags, expectedSources })}\n`;
    })
    .join("");
}
