/** One set in a database of its own; started by run.ts, answers with a message. */
import { sql } from "drizzle-orm";
import type { Principal } from "../../lib/identity/schema.ts";
import { insertVectors } from "../../lib/knowledge/queries/serving-space.ts";
import { search } from "../../lib/knowledge/search/search.ts";
import type { SearchDeps } from "../../lib/knowledge/search/search-context.ts";
import { warmUpSearch } from "../../lib/knowledge/search/warm-up.ts";
import { openShelf } from "../../lib/knowledge/vector-shelf/open-shelf.ts";
import { database } from "../../lib/platform/db/index.ts";
import { searchTerms } from "../../lib/shared/text/search-terms.ts";
import { openBenchDatabase } from "../ingest/open-bench-database.ts";
import { fillSet } from "../retrieval/fill-set.ts";
import { halfOf, loadRetrievalSet } from "../retrieval/load-languages.ts";
import { measure } from "../retrieval/metrics.ts";
import { type FittedSpace, fitSpace } from "./fit-space.ts";
import { type FittedQuestion, type FittedSet, type Way, wayNames, ways } from "./ways.ts";

const INSERT_ROWS = 200;
/** Passages asked for, so that ten documents are among them. */
const PASSAGES = 100;

interface StoredPassage extends Record<string, unknown> {
  readonly id: string;
  readonly note: string | null;
  readonly terms: string;
}

function readPassages({ orgId }: Principal): Promise<readonly StoredPassage[]> {
  return database().drizzle.execute<StoredPassage>(sql`
    select id, note, search_terms as terms from chunk where org_id = ${orgId} and retired_by is null order by id`);
}

/** Stores each passage's vector in the fitted space beside its own, and lets searches be asked in it. */
async function storeSpace(
  principal: Principal,
  passages: readonly StoredPassage[],
  space: FittedSpace,
): Promise<Pick<SearchDeps, "embedTexts" | "servingModel">> {
  const { dimensions, project } = space;
  const name = `bench/lsa-${dimensions}`;
  for (let from = 0; from < passages.length; from += INSERT_ROWS) {
    const rows = passages
      .slice(from, from + INSERT_ROWS)
      .map(({ id, note, terms }) => ({ id, note, embedding: project(terms) }));
    await insertVectors(principal, name, rows);
  }
  const open = await openShelf(principal, { name, dimensions });
  if (open?.shelf.size !== passages.length) throw new Error("not every passage has its vector");
  return {
    servingModel: async () => ({ space: name, model: undefined }),
    embedTexts: async (texts) => ({
      vectors: texts.map((text) => project(searchTerms(text))),
      space: name,
      dimensions,
    }),
  };
}

const [, , dataDirectory = "", name = "", dimensionsMax = ""] = process.argv;
const set = loadRetrievalSet(dataDirectory, name);
const { principal, close } = await openBenchDatabase();
const { names } = await fillSet(principal, name, set.documents);
await warmUpSearch();

const passages = await readPassages(principal);
const startMs = performance.now();
const space = fitSpace(
  passages.map(({ terms }) => terms),
  Math.min(Number(dimensionsMax), Math.floor(passages.length / 2)),
);
const fitMs = performance.now() - startMs;
const fitted = await storeSpace(principal, passages, space);

const questions: FittedQuestion[] = [];
for (const question of set.questions.filter(({ language }) => language === "en")) {
  const ndcg = {} as Record<Way, number>;
  for (const way of wayNames) {
    const request = { query: question.text, limit: PASSAGES, ...ways[way] };
    const { results } = await search(principal, request, way.startsWith("LSA") ? fitted : {});
    const ranking = [...new Set(results.map(({ documentId }) => names.get(documentId) ?? ""))];
    ndcg[way] = measure(ranking, set.grades.get(question.id) ?? new Map()).ndcg;
  }
  questions.push({ half: halfOf(question), ndcg });
}
await close();
const { terms, dimensions } = space;
const answer: FittedSet = { name, passages: passages.length, terms, dimensions, fitMs, questions };
process.send?.(answer, () => process.exit(0));
