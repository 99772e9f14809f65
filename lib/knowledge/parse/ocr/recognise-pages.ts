import type { PageProgress, ParsedDocument } from "../parsed-document.ts";
import { type RecognisedPage, readTsv } from "./read-tsv.ts";
import { replacePages } from "./replace-pages.ts";
import { type RunTools, runTools, type ToolLimits } from "./run-tool.ts";

/** What {@link recognisePages} needs beside the document. */
export interface RecogniseOptions {
  /** Of the file that the document was read from. */
  readonly path: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: PageProgress;
}

/** The outside of text recognition. */
export interface OcrDeps {
  readonly runTools: RunTools;
}

/** The machine's own programs. */
export const ocrDeps: OcrDeps = { runTools };

const PROBE_LIMITS: ToolLimits = { timeoutMs: 10_000, outputBytesMax: 100_000, memoryMb: 1_000 };
const PAGE_LIMITS: ToolLimits = { timeoutMs: 90_000, outputBytesMax: 20_000_000, memoryMb: 1_500 };
/** Dots per inch at which small print can still be read, and the longest side a picture may have. */
const DOTS_PER_INCH = 250;
const SIDE_DOTS_MAX = 4_000;
/** Tesseract is slower and less sure with every language more. */
const LANGUAGES_MAX = 3;

/**
 * The languages for which text can be recognised on this machine, as Tesseract wants them (`eng+deu`); null when
 * `tesseract` or `pdftoppm` is missing.
 */
export async function findOcrLanguages(deps: OcrDeps = ocrDeps): Promise<string | null> {
  const [list, renderer] = await Promise.all([
    deps.runTools([{ program: "tesseract", args: ["--list-langs"] }], PROBE_LIMITS),
    deps.runTools([{ program: "pdftoppm", args: ["-v"] }], PROBE_LIMITS),
  ]);
  if (list === null || renderer === null) return null;
  const installed = list
    .split("\n")
    .slice(1)
    .map((line) => line.trim())
    .filter((name) => /^[\w/]{2,30}$/.test(name) && name !== "osd" && name !== "equ");
  const english = installed.filter((name) => name === "eng");
  const languages = [...english, ...installed.filter((name) => name !== "eng")].slice(0, LANGUAGES_MAX);
  return languages.length === 0 ? null : languages.join("+");
}

/**
 * Recognises text on the pages of a PDF that are pictures, one after another, with boxes for every word. Pages on which
 * nothing is found stay unreadable, as do all when the machine has no `tesseract` and `pdftoppm`.
 *
 * @throws the signal's reason when it ends the work.
 */
export async function recognisePages<T extends ParsedDocument>(
  document: T,
  { path, signal, onProgress }: RecogniseOptions,
  deps: OcrDeps = ocrDeps,
): Promise<T> {
  const pages = document.pages.filter(
    ({ page, width }) => document.unreadablePages.includes(page) && width !== null,
  );
  if (pages.length === 0) return document;
  const languages = await findOcrLanguages(deps);
  if (languages === null) return document;
  const found = new Map<number, RecognisedPage>();
  for (const [index, { page, width, height }] of pages.entries()) {
    signal?.throwIfAborted();
    const [pageWidth, pageHeight] = [width ?? 0, height ?? 0];
    const side = Math.min(SIDE_DOTS_MAX, Math.round((Math.max(pageWidth, pageHeight) / 72) * DOTS_PER_INCH));
    const render = [
      "-f",
      `${page}`,
      "-l",
      `${page}`,
      "-singlefile",
      "-gray",
      "-scale-to",
      `${side}`,
      "--",
      path,
    ];
    const tsv = await deps.runTools(
      [
        { program: "pdftoppm", args: render },
        // Orientation is found out, since scans lie on their side as often as not.
        { program: "tesseract", args: ["stdin", "stdout", "-l", languages, "--psm", "1", "tsv"] },
      ],
      { ...PAGE_LIMITS, ...(signal === undefined ? {} : { signal }) },
    );
    const recognised = tsv === null ? null : readTsv(tsv, pageWidth, pageHeight);
    if (recognised !== null) found.set(page, recognised);
    onProgress?.(index + 1, pages.length);
  }
  return found.size === 0 ? document : replacePages(document, found);
}
