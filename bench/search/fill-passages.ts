import type { Principal } from "../../lib/identity/schema.ts";
import { createCollection } from "../../lib/knowledge/index.ts";
import { storeTestDocuments, type TestDocument } from "../../lib/knowledge/test-passages.ts";
import { embeddingSpace, embedTexts } from "../../lib/router/index.ts";
import { splitSentences } from "../../lib/shared/sentences.ts";
import { searchTerms } from "../../lib/shared/text/search-terms.ts";
import { loadSet } from "../builtin-answers/load-set.ts";

/** Passages stored in one transaction; ingestion stores them in groups of about this size. */
const GROUP = 40;
const WORDS = 150;
const SETS = ["scifact", "cranfield", "2wiki-multihop", "chunk-spans", "product-docs"];

/** A text that becomes one document. */
export interface FillDocument {
  readonly title: string;
  readonly passages: readonly string[];
}

/** Abstracts of SciFact, one passage each unless they are long: the 5,000 documents of the bar. */
export function abstracts(data: string): FillDocument[] {
  return loadSet(data, "scifact").documents.map(({ title, text }) => ({
    title,
    passages: packed(sentencesOf(text), 0, 200, Number.POSITIVE_INFINITY),
  }));
}

/**
 * As many passages of about 150 words as asked, twenty to a document: runs of real sentences from places drawn with a
 * fixed seed, so that words are as frequent as in the sets and no two passages are the same.
 */
export function drawnPassages(data: string, count: number): FillDocument[] {
  const sentences = SETS.flatMap((name) =>
    loadSet(data, name).documents.flatMap(({ text }) => sentencesOf(text)),
  );
  let state = 12_345;
  const draw = () => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * sentences.length);
  };
  return Array.from({ length: Math.ceil(count / 20) }, (_, number) => ({
    title: `Bundle ${number}`,
    passages: Array.from(
      { length: Math.min(20, count - number * 20) },
      () => packed(sentences, draw(), WORDS, 1)[0] ?? "",
    ),
  }));
}

/** Stores documents in a collection of their own, passages made as ingestion makes them; returns the collection's id. */
export async function fill(
  principal: Principal,
  name: string,
  documents: readonly FillDocument[],
): Promise<string> {
  const collection = await createCollection(principal, { name, description: "", visibility: "organisation" });
  let group: TestDocument[] = [];
  const store = async () => {
    if (group.length > 0) await storeTestDocuments(group);
    group = [];
  };
  for (const { title, passages } of documents) {
    const indexed = passages.map((text) => `${title}\n${text}`);
    const { vectors } = await embedTexts(indexed);
    group.push({
      orgId: principal.orgId,
      collectionId: collection.id,
      title,
      space: embeddingSpace(),
      passages: passages.map((text, index) => ({
        text,
        terms: searchTerms(indexed[index] ?? ""),
        vector: vectors[index] ?? new Float32Array(0),
      })),
    });
    if (group.reduce((sum, one) => sum + one.passages.length, 0) >= GROUP) await store();
  }
  await store();
  return collection.id;
}

function sentencesOf(text: string): string[] {
  return splitSentences(text).map(({ start, end }) => text.slice(start, end).trim());
}

/** Whole sentences from one on, packed into passages of about so many words. */
function packed(sentences: readonly string[], from: number, words: number, passagesMax: number): string[] {
  const passages: string[] = [];
  let open: string[] = [];
  let length = 0;
  for (const sentence of sentences.slice(from, from + 400)) {
    if (passages.length === passagesMax) return passages;
    open.push(sentence);
    length += sentence.split(" ").length;
    if (length < words) continue;
    passages.push(open.join(" "));
    open = [];
    length = 0;
  }
  if (open.length > 0 && passages.length < passagesMax) passages.push(open.join(" "));
  return passages;
}
