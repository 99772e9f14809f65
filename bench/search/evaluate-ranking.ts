/** nDCG with linear gain over the first `depth` of a ranking (Järvelin and Kekäläinen, 2002). */
export function ndcg(ranking: readonly string[], grades: ReadonlyMap<string, number>, depth: number): number {
  const gain = (grade: number, index: number) => grade / Math.log2(index + 2);
  const found = ranking.slice(0, depth).reduce((sum, id, index) => sum + gain(grades.get(id) ?? 0, index), 0);
  const ideal = [...grades.values()]
    .sort((a, b) => b - a)
    .slice(0, depth)
    .reduce((sum, grade, index) => sum + gain(grade, index), 0);
  return ideal === 0 ? 0 : found / ideal;
}

/** The value below which the given share of the numbers lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
