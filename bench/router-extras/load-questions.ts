import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A question with what its data set says about it. */
export interface LabelledQuestion {
  readonly set: string;
  readonly text: string;
  /** `light`: one passage answers it; `heavy`: several must be put together; undefined: the set does not say. */
  readonly label: "light" | "heavy" | undefined;
  /** Rules may be tuned on the first split only. */
  readonly split: "tuning" | "held-out";
}

type Row = Record<string, unknown>;

function readRows(path: string): Row[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Row);
}

/** FNV-1a: the same split on every machine. */
export function hashOf(text: string): number {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

const halfOf = (key: string) => (hashOf(key) % 2 === 0 ? "tuning" : "held-out");

/** XQuAD asks for one span of one paragraph. Split by article, so that no article is on both sides. */
function loadXquad(data: string, language: string | undefined): LabelledQuestion[] {
  const file = language === undefined ? "queries.jsonl" : `queries.${language}.jsonl`;
  const articles = new Map(
    readFileSync(join(data, "xquad", "qrels.tsv"), "utf8")
      .split("\n")
      .slice(1)
      .map((line): [string, string] => {
        const [query = "", document = ""] = line.split("\t");
        return [query, document.replace(/p\d+$/, "")];
      }),
  );
  return readRows(join(data, "xquad", file)).map((row) => ({
    set: language === undefined ? "xquad" : `xquad-${language}`,
    text: String(row.text),
    label: "light",
    split: language === undefined ? halfOf(articles.get(String(row._id)) ?? "") : "held-out",
  }));
}

/** 2WikiMultiHop joins two to four articles. */
function loadMultiHop(data: string): LabelledQuestion[] {
  return readRows(join(data, "2wiki-multihop", "queries.jsonl")).map((row) => ({
    set: "2wiki-multihop",
    text: String(row.text),
    label: "heavy",
    split: halfOf(String(row.text)),
  }));
}

/** Questions over quarterly reports, each marked by its authors as answered by one chunk, several or several reports. */
function loadReports(data: string): LabelledQuestion[] {
  const rows = parseCsv(
    readFileSync(join(data, "files", "sec-10q", "qna_data.csv"), "utf8").replace(/^\uFEFF/, ""),
  );
  const [head = [], ...lines] = rows;
  const at = (name: string) => head.indexOf(name);
  return lines
    .filter((line) => line.length === head.length)
    .map((line) => {
      const text = line[at("Question")] ?? "";
      const isLight = line[at("Question Type")] === "Single-Doc Single-Chunk RAG";
      return { set: "sec-10q", text, label: isLight ? "light" : "heavy", split: halfOf(text) };
    });
}

/** Sets without a label: only the share sent to each tier can be told. */
function loadUnlabelled(data: string, set: string, file: string): LabelledQuestion[] {
  return readRows(join(data, set, file)).map((row) => ({
    set,
    text: String(row.text),
    label: undefined,
    split: "held-out",
  }));
}

const LANGUAGES = ["ar", "de", "es", "ru", "tr", "zh"] as const;

/** All questions of the development sets that say something about tiers. */
export function loadQuestions(data: string): LabelledQuestion[] {
  if (!existsSync(join(data, "xquad"))) throw new Error(`No xquad in ${data}: pass its parent as --data DIR`);
  return [
    ...loadXquad(data, undefined),
    ...LANGUAGES.flatMap((language) => loadXquad(data, language)),
    ...loadMultiHop(data),
    ...loadReports(data),
    ...loadUnlabelled(data, "product-docs", "queries.jsonl"),
    ...loadUnlabelled(data, "cranfield", "queries.jsonl"),
    ...loadUnlabelled(data, "scifact", "queries.train.jsonl"),
  ];
}

/** Rows of a CSV file with quoted fields (RFC 4180). */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push((match[1] ?? match[2] ?? "").replaceAll('""', '"'));
    if (match[3] !== ",") {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
