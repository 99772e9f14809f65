import type { ChunkSource, TextChunk } from "../../lib/knowledge/chunk/chunk-text.ts";
import { Bm25, rankScores } from "../builtin-answers/bm25.ts";
import type { SpanQuestion } from "./load-spans.ts";

const PASSAGES = 5;

type DocumentChunk = TextChunk & { readonly document: string };

interface Range {
  readonly start: number;
  readonly end: number;
}

const overlap = (left: Range, right: Range) =>
  Math.max(0, Math.min(left.end, right.end) - Math.max(left.start, right.start));

/**
 * Share of the gold characters among those found, of the found characters that are gold, and of the gold spans that lie
 * wholly in one found passage.
 */
export function measureCoverage(
  chunks: readonly DocumentChunk[],
  questions: readonly SpanQuestion[],
  documents: readonly { readonly id: string; readonly source: ChunkSource }[],
) {
  const index = new Bm25(chunks.map(({ text }, id) => ({ id: String(id), title: "", text })));
  const texts = new Map(documents.map(({ id, source }) => [id, source.text]));
  let [gold, found, shown, spans, whole] = [0, 0, 0, 0, 0];
  for (const { text, evidence } of questions) {
    const hits = rankScores(index.score(text), PASSAGES).map((hit) => chunks[hit] as DocumentChunk);
    shown += hits.reduce((sum, hit) => sum + hit.end - hit.start, 0);
    for (const { doc, quote } of evidence) {
      const start = texts.get(doc)?.indexOf(quote) ?? -1;
      if (start < 0) continue;
      const span = { start, end: start + quote.length };
      const own = hits.filter(({ document }) => document === doc);
      spans += 1;
      gold += quote.length;
      found += own.reduce((sum, hit) => sum + overlap(hit, span), 0);
      if (own.some((hit) => overlap(hit, span) === quote.length)) whole += 1;
    }
  }
  return { recall: found / gold, precision: found / shown, whole: whole / spans };
}
