/** Passages of one document among the first of a comparison. */
const PER_DOCUMENT = 2;

/**
 * For questions that compare: after two passages of a document, its others wait until every document among the
 * passages has had its turn. The order is kept otherwise.
 */
export function spreadDocuments<Passage extends { readonly documentId: string }>(
  passages: readonly Passage[],
): Passage[] {
  const taken = new Map<string, number>();
  const first: Passage[] = [];
  const later: Passage[] = [];
  for (const passage of passages) {
    const count = taken.get(passage.documentId) ?? 0;
    taken.set(passage.documentId, count + 1);
    (count < PER_DOCUMENT ? first : later).push(passage);
  }
  return [...first, ...later];
}
