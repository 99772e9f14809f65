import type { Principal } from "../../lib/identity/schema.ts";
import { findCandidates } from "../../lib/knowledge/queries/find-candidates.ts";
import type { SearchFilter } from "../../lib/knowledge/queries/search.ts";
import { embeddingSpace, embedTexts } from "../../lib/router/index.ts";

/** What the shelf found of what comparing every row in the database finds. */
export interface RecallFigures {
  readonly label: string;
  readonly at10: number;
  readonly at100: number;
}

/** Compares the semantic leg with an exact scan by the database, under a filter. */
export async function measureRecall(
  principal: Principal,
  label: string,
  queries: readonly string[],
  filter: SearchFilter,
): Promise<RecallFigures> {
  const { vectors, dimensions } = await embedTexts(queries);
  const shares: { at10: number; at100: number }[] = [];
  for (const vector of vectors) {
    const plan = {
      filter,
      limit: 100,
      keywords: null,
      keywordEngine: "bm25" as const,
      vector,
      space: { name: embeddingSpace(), dimensions },
      hasVectorIndex: false,
    };
    const found = (await findCandidates(principal, plan)).semantic.map(({ id }) => id);
    const exact = (await findCandidates(principal, { ...plan, vectorsBy: "database" })).semantic.map(
      ({ id }) => id,
    );
    shares.push({ at10: shareOf(exact, found, 10), at100: shareOf(exact, found, 100) });
  }
  const mean = (pick: (share: { at10: number; at100: number }) => number) =>
    shares.reduce((sum, share) => sum + pick(share), 0) / shares.length;
  return { label, at10: mean(({ at10 }) => at10), at100: mean(({ at100 }) => at100) };
}

function shareOf(exact: readonly string[], found: readonly string[], depth: number): number {
  const wanted = exact.slice(0, depth);
  const got = new Set(found.slice(0, depth));
  return wanted.length === 0 ? 1 : wanted.filter((id) => got.has(id)).length / wanted.length;
}
