import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { loadSet } from "../builtin-answers/load-set.ts";
import { drawnPassages } from "../search/fill-passages.ts";
import { type IngestFile, markdownFiles } from "./ingest-set.ts";
import { makePdf } from "./make-pdf.ts";

/** The abstracts of SciFact as Markdown files. */
export function abstractFiles(data: string, limit: number): IngestFile[] {
  return markdownFiles(loadSet(data, "scifact").documents.slice(0, limit));
}

/** Markdown files of some 20 passages each that make about so many passages together. */
export function bundleFiles(data: string, passages: number): IngestFile[] {
  return drawnPassages(data, passages).map((document, index) => ({
    id: String(index),
    fileName: `bundle-${index}.md`,
    bytes: Buffer.from(`# ${document.title}\n\n${document.passages.join("\n\n")}\n`),
  }));
}

/** One PDF of real words on so many full pages. */
export function longPdf(data: string, pages: number): IngestFile[] {
  const words = loadSet(data, "scifact")
    .documents.flatMap(({ text }) => text.split(/\s+/))
    // Helvetica in its own encoding has no others.
    .filter((word) => /^[\x21-\x7e]+$/.test(word));
  return [{ id: "long", fileName: "long.pdf", bytes: makePdf(words, pages) }];
}

/** Every file below a folder. */
export function folderFiles(folder: string): IngestFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ id: path, fileName: basename(path), bytes: readFileSync(path) }));
}
