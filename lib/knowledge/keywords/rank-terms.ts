import { countTerms, LENGTH_SHARE, rarityOf, SATURATION } from "./bm25.ts";

/** A passage and its terms, separated by blanks. */
export interface TermRow {
  readonly id: string;
  readonly terms: string;
}

/**
 * BM25 over a handful of passages, by the formula of the index (k1 1.2, b .75) with the rarities of these passages: for
 * sets so small that the index would walk past everybody else's passages to find theirs.
 */
export function rankTerms(
  query: string,
  rows: readonly TermRow[],
  limit: number,
): { id: string; score: number }[] {
  const wanted = countTerms(query.split(" "));
  const passages = rows.map(({ id, terms }) => {
    const words = terms.split(" ");
    const counts = new Map<string, number>();
    for (const word of words) if (wanted.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    return { id, counts, length: words.length };
  });
  const meanLength = passages.reduce((sum, { length }) => sum + length, 0) / (passages.length || 1) || 1;
  const rarity = new Map(
    Array.from(wanted.keys(), (term) => {
      const holders = passages.filter(({ counts }) => counts.has(term)).length;
      return [term, rarityOf(holders, passages.length)];
    }),
  );
  return passages
    .map(({ id, counts, length }) => {
      const damping = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * (length / meanLength));
      let score = 0;
      for (const [term, count] of counts) {
        const saturated = (count * (SATURATION + 1)) / (count + damping);
        score += (wanted.get(term) ?? 0) * (rarity.get(term) ?? 0) * saturated;
      }
      return { id, score };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, limit);
}

/** True when the terms of the phrase stand side by side. */
export function holdsPhrase(terms: string, phrase: string): boolean {
  return phrase !== "" && ` ${terms} `.includes(` ${phrase} `);
}
