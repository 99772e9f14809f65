import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface BenchDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface BenchQuery {
  readonly id: string;
  readonly text: string;
  readonly answer: string;
  readonly evidence: readonly { readonly doc: string; readonly start: number; readonly end: number }[];
}

export interface BenchSet {
  readonly name: string;
  readonly documents: readonly BenchDocument[];
  readonly queries: readonly BenchQuery[];
  /** Query id -> document id -> grade. */
  readonly grades: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

type Row = Record<string, unknown>;

function readRows(path: string): Row[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Row);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Reads one development set in the normal form `corpus.jsonl`, `queries.jsonl`, `qrels.tsv`. */
export function loadSet(dataDirectory: string, name: string): BenchSet {
  const directory = join(dataDirectory, name);
  if (!existsSync(directory))
    throw new Error(`No set "${name}" in ${dataDirectory}: pass its parent as --data DIR`);
  // SciFact keeps its splits apart; the development split is "train".
  const split = existsSync(join(directory, "qrels.tsv")) ? "" : ".train";
  const grades = new Map<string, Map<string, number>>();
  for (const line of readFileSync(join(directory, `qrels${split}.tsv`), "utf8")
    .split("\n")
    .slice(1)) {
    const [query, document, grade] = line.split("\t");
    if (query === undefined || document === undefined || Number(grade) <= 0) continue;
    const row = grades.get(query) ?? new Map<string, number>();
    row.set(document, Number(grade));
    grades.set(query, row);
  }
  return {
    name,
    documents: readRows(join(directory, "corpus.jsonl")).map((row) => ({
      id: text(row._id),
      title: text(row.title),
      text: text(row.text),
    })),
    queries: readRows(join(directory, `queries${split}.jsonl`)).map((row) => ({
      id: text(row._id),
      text: text(row.text),
      answer: text(row.answer),
      evidence: (Array.isArray(row.evidence) ? row.evidence : []).map((span: Row) => ({
        doc: text(span.doc),
        start: Number(span.start),
        end: Number(span.end),
      })),
    })),
    grades,
  };
}
