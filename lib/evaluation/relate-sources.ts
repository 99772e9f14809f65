import type { CitationData } from "../chat/schema.ts";
import type { Principal } from "../identity/schema.ts";
import type { DocumentText, SearchResult } from "../knowledge/schema.ts";
import { toAppError } from "../shared/errors.ts";
import type { AnswerDeps, AnswerRecord } from "./answer-deps.ts";
import { locateQuote, overlaps, type TextRange } from "./metrics/locate-quote.ts";
import type { ExpectedSource, TracedCitation, TracedResult } from "./schema.ts";

/** A place in a document version. */
interface Place extends TextRange {
  readonly documentId: string;
  readonly versionId: string;
}

/** Reads document texts from the database, each once per item; undefined for what the principal may not read. */
function textReader(principal: Principal, deps: AnswerDeps) {
  const texts = new Map<string, Promise<DocumentText | undefined>>();
  const read = async (place: Place): Promise<DocumentText | undefined> => {
    try {
      return await deps.getDocumentText(principal, place.documentId, place.versionId);
    } catch (error) {
      if (toAppError(error).code === "not_found") return undefined;
      throw error;
    }
  };
  return (place: Place): Promise<DocumentText | undefined> => {
    const known = texts.get(place.versionId) ?? read(place);
    texts.set(place.versionId, known);
    return known;
  };
}

/**
 * Finds the positions of the expected sources whose located words a place overlaps, in a document of the expected
 * name. The places of a quote are looked up once per document version.
 */
function sourceFinder(
  expected: readonly ExpectedSource[],
  fileNames: ReadonlyMap<string, string>,
  readText: (place: Place) => Promise<DocumentText | undefined>,
) {
  const located = new Map<string, TextRange[][]>();
  const locateAll = async (place: Place, fileName: string | undefined): Promise<TextRange[][]> => {
    if (!expected.some((source) => source.document === fileName)) return [];
    const text = await readText(place);
    return expected.map((source) =>
      text === undefined || source.document !== fileName
        ? []
        : locateQuote(text.text, source.quote, source.page, text.pages),
    );
  };
  return async (place: Place): Promise<number[]> => {
    const ranges = located.get(place.versionId) ?? (await locateAll(place, fileNames.get(place.documentId)));
    located.set(place.versionId, ranges);
    return ranges.flatMap((places, index) => (places.some((range) => overlaps(range, place)) ? index : []));
  };
}

function isQuoteTrue(citation: CitationData, text: DocumentText | undefined): boolean {
  return text !== undefined && text.text.slice(citation.start, citation.end) === citation.quote;
}

/**
 * Relates an answer's passages and citations to the expected sources, and checks each citation against the stored
 * text as the principal may read it now.
 */
export async function relateSources(
  principal: Principal,
  expected: readonly ExpectedSource[],
  answer: AnswerRecord,
  deps: AnswerDeps,
): Promise<{ results: TracedResult[]; citations: TracedCitation[] }> {
  const readText = textReader(principal, deps);
  const fileNames = new Map(answer.results.map((result) => [result.documentId, result.fileName]));
  const covers = sourceFinder(expected, fileNames, readText);
  const results: TracedResult[] = [];
  for (const [index, result] of answer.results.entries()) {
    const isUsed = answer.sources.some(
      (source) => source.versionId === result.versionId && overlaps(source, result),
    );
    results.push({ rank: index + 1, ...withoutKeys(result), covers: await covers(result), isUsed });
  }
  const citations: TracedCitation[] = [];
  for (const citation of answer.citations) {
    const isValid = isQuoteTrue(citation, await readText(citation));
    citations.push({ ...citation, isValid, covers: await covers(citation) });
  }
  return { results, citations };
}

function withoutKeys(result: SearchResult) {
  const { chunkId: _chunkId, collectionId: _collectionId, ...kept } = result;
  return kept;
}
