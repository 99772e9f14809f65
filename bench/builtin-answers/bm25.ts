import { isFunctionWord } from "../../lib/shared/text/common-words.ts";
import { tokenise } from "../../lib/shared/text/tokenise.ts";
import type { BenchDocument } from "./load-set.ts";

const k1 = 1.2;
const b = 0.75;

/** Okapi BM25 (1.2 / 0.75, Lucene's idf) over title and text, the retriever of the benchmark. */
export class Bm25 {
  readonly #postings = new Map<string, Map<number, number>>();
  readonly #lengths: number[] = [];
  readonly #averageLength: number;

  constructor(documents: readonly BenchDocument[]) {
    for (const [index, document] of documents.entries()) {
      const stems = analyse(`${document.title}\n${document.text}`);
      this.#lengths.push(stems.length);
      for (const stem of stems) {
        const row = this.#postings.get(stem) ?? new Map<number, number>();
        row.set(index, (row.get(index) ?? 0) + 1);
        this.#postings.set(stem, row);
      }
    }
    this.#averageLength =
      this.#lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, documents.length);
  }

  /** Scores of all documents that share a term with the query, by document index. */
  score(query: string): Map<number, number> {
    const scores = new Map<number, number>();
    const count = this.#lengths.length;
    for (const stem of analyse(query)) {
      const row = this.#postings.get(stem);
      if (row === undefined) continue;
      const idf = Math.log(1 + (count - row.size + 0.5) / (row.size + 0.5));
      for (const [index, frequency] of row) {
        const length = (this.#lengths[index] ?? 0) / this.#averageLength;
        const gain = (idf * frequency * (k1 + 1)) / (frequency + k1 * (1 - b + b * length));
        scores.set(index, (scores.get(index) ?? 0) + gain);
      }
    }
    return scores;
  }
}

function analyse(text: string): string[] {
  return tokenise(text)
    .filter((token) => !isFunctionWord(token.word))
    .map((token) => token.stem);
}

/** Indexes by falling score, ties by index. */
export function rankScores(scores: ReadonlyMap<number, number>, limit: number): number[] {
  return [...scores]
    .sort((left, right) => right[1] - left[1] || left[0] - right[0])
    .slice(0, limit)
    .map(([index]) => index);
}
