import type { Reader } from "../queries/access.ts";
import { findSurroundings, findVersionTexts, type Surroundings } from "../queries/neighbours.ts";
import type { SearchResult } from "../schema.ts";
import { type JoinedPassage, joinPassages } from "./join-passages.ts";

/** So many of the best passages are read with what stands around them: more adds length and no right answers (bench/neighbours). */
const EXPANDED_PASSAGES = 3;

/**
 * Found passages as an answer reads them: the best ones with their neighbours, as wide as their collection's settings
 * say, those that touch joined into one. Each stays one span of one version: `version.text.slice(start, end) === text`.
 *
 * @param charactersMax Length of all together; what was found is never cut.
 */
export async function expandPassages(
  reader: Reader,
  found: readonly SearchResult[],
  charactersMax: number,
): Promise<JoinedPassage<SearchResult>[]> {
  const best = found.slice(0, EXPANDED_PASSAGES);
  const wanted = best.map(({ chunkId, versionId, start }) => ({ chunkId, versionId, start }));
  const surroundings = wanted.length === 0 ? [] : await findSurroundings(reader, wanted);
  const exact = await makeExact(
    reader,
    surroundings,
    new Map(best.map((passage) => [passage.chunkId, passage])),
  );
  const around = new Map(
    best.flatMap((passage) => {
      const span = exact.find(({ chunkId }) => chunkId === passage.chunkId);
      return span === undefined ? [] : [[passage, span] as const];
    }),
  );
  return joinPassages(found, around, charactersMax);
}

/** True when the cut text is what stands between its offsets, as far as the passage in its middle can tell. */
function isExact({ text, start, end }: Surroundings, passage: SearchResult | undefined): boolean {
  if (passage === undefined || text.length !== end - start) return false;
  return text.slice(passage.start - start, passage.end - start) === passage.text;
}

async function makeExact(
  reader: Reader,
  surroundings: readonly Surroundings[],
  passages: ReadonlyMap<string, SearchResult>,
): Promise<Surroundings[]> {
  const inexact = surroundings.filter((one) => !isExact(one, passages.get(one.chunkId)));
  if (inexact.length === 0) return [...surroundings];
  const texts = await findVersionTexts(reader, [...new Set(inexact.map(({ versionId }) => versionId))]);
  return surroundings
    .map((one) => {
      const whole = inexact.includes(one) ? texts.get(one.versionId) : undefined;
      return whole === undefined ? one : { ...one, text: whole.slice(one.start, one.end) };
    })
    .filter((one) => isExact(one, passages.get(one.chunkId)));
}
