import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { extractText, getDocumentProxy } from "unpdf";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "../../docs");
/** The folders whose files are seeded, without their subfolders. */
const DOCUMENT_DIRS = [join(ROOT, "manual"), join(ROOT, "samples/ostermoor-cold-store")];

const sampleItem = z.strictObject({
  id: z.string().regex(/^q\d{2}$/),
  question: z.string().min(10),
  answer: z.string().min(2).nullable(),
  answerable: z.boolean(),
  tags: z.array(z.string()).min(1),
  expectedSources: z.array(
    z.strictObject({ document: z.string(), page: z.int().positive().nullable(), quote: z.string().min(8) }),
  ),
});

/** One question of the sample dataset. */
export type SampleItem = z.infer<typeof sampleItem>;

/** Reads docs/samples/sample-dataset.jsonl and validates each line. */
export async function readSampleDataset(): Promise<SampleItem[]> {
  const text = await readFile(join(ROOT, "samples/sample-dataset.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => sampleItem.parse(JSON.parse(line)));
}

/** Extracted text of every seeded document: file name to pages (a Markdown file is one page). */
export async function readSampleTexts(): Promise<Map<string, string[]>> {
  const texts = new Map<string, string[]>();
  for (const folder of DOCUMENT_DIRS) {
    for (const name of (await readdir(folder)).sort()) {
      if (name.endsWith(".md")) texts.set(name, [await readFile(join(folder, name), "utf8")]);
      if (name.endsWith(".pdf")) texts.set(name, await pdfPages(join(folder, name)));
    }
  }
  return texts;
}

/**
 * Checks that every expected quote stands in the text of its document, on its page, with white
 * space collapsed. Returns one sentence per problem.
 */
export async function checkDataset(): Promise<string[]> {
  const texts = await readSampleTexts();
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const item of await readSampleDataset()) {
    if (seen.has(item.id)) problems.push(`${item.id}: the id is used twice.`);
    seen.add(item.id);
    if (item.answerable !== item.expectedSources.length > 0) {
      problems.push(`${item.id}: answerable questions have sources, others have none.`);
    }
    for (const source of item.expectedSources) {
      const problem = checkSource(source, texts);
      if (problem) problems.push(`${item.id}: ${problem}`);
    }
  }
  return problems;
}

function checkSource(
  source: SampleItem["expectedSources"][number],
  texts: Map<string, string[]>,
): string | null {
  const pages = texts.get(source.document);
  if (!pages) return `there is no document ${source.document}.`;
  const isPdf = source.document.endsWith(".pdf");
  if (isPdf === (source.page === null)) return `a PDF needs a page, a text has none (${source.document}).`;
  const text = pages[(source.page ?? 1) - 1] ?? "";
  return collapse(text).includes(collapse(source.quote))
    ? null
    : `"${source.quote}" is not on page ${source.page ?? 1} of ${source.document}.`;
}

/** White space as a reader sees it: one blank between words. */
export function collapse(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

async function pdfPages(path: string): Promise<string[]> {
  const pdf = await getDocumentProxy(new Uint8Array(await readFile(path)));
  try {
    return (await extractText(pdf, { mergePages: false })).text;
  } catch (error) {
    throw new Error(`No text could be read from ${basename(path)}.`, { cause: error });
  }
}
