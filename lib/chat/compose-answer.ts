import { newId } from "../shared/ids.ts";
import { NOT_FOUND_ANSWER } from "../shared/prompt-contract.ts";
import { type AnswerPiece, MarkerParser } from "./parse-markers.ts";
import type { CheckData, CitationData, SourceData } from "./schema.ts";

/** The words of a passage that support a claim; offsets count in the document version's text. */
export interface Support {
  readonly start: number;
  readonly end: number;
  readonly quote: string;
  readonly verdict: CitationData["verdict"];
  readonly score: number;
}

/** The judgement the composer needs from the knowledge domain. */
export interface ClaimChecker {
  findSupport(claim: string, passage: { readonly text: string; readonly start: number }): Support;
  splitSentences(text: string): readonly { readonly start: number; readonly end: number }[];
  /** Page of an offset in the source's document version; null for text without pages. */
  pageOf(source: SourceData, offset: number): number | null;
}

/** Chunks the composer adds to the stream. */
export type ComposedChunk =
  | { readonly type: "text-delta"; readonly id: string; readonly delta: string }
  | { readonly type: "data-citation"; readonly id: string; readonly data: CitationData };

/** Id of the one text part of an answer. */
export const ANSWER_TEXT_ID = "answer";

/** Blanks of the same length in place of each marker, so that sentence offsets count in the shown text. */
function maskMarkers(text: string): string {
  return text.replaceAll(/\[\d{1,4}\]/g, (marker) => " ".repeat(marker.length));
}

/**
 * Turns a model's text into what is shown: each marker is tied to the exact words that support the sentence before it
 * and numbered in the order of first appearance; a marker that points nowhere, or whose source does not support the
 * sentence, is left out, and the sentence is marked unsupported by the final check.
 */
export class AnswerComposer {
  readonly citations: CitationData[] = [];
  readonly #sources: ReadonlyMap<number, SourceData>;
  readonly #checker: ClaimChecker;
  readonly #parser = new MarkerParser();
  readonly #markerByEvidence = new Map<string, CitationData>();
  #text = "";
  #verdicts: { position: number; verdict: CitationData["verdict"] }[] = [];

  constructor(sources: readonly SourceData[], checker: ClaimChecker) {
    this.#sources = new Map(sources.map((source) => [source.number, source]));
    this.#checker = checker;
  }

  /** The text shown so far, markers included. */
  get text(): string {
    return this.#text;
  }

  /** Takes a delta of the model's text and returns what may be shown. */
  push(delta: string): ComposedChunk[] {
    return this.#show(this.#parser.push(delta));
  }

  /** Returns what was held back. */
  end(): ComposedChunk[] {
    return this.#show(this.#parser.end());
  }

  #show(pieces: readonly AnswerPiece[]): ComposedChunk[] {
    const chunks: ComposedChunk[] = [];
    let delta = "";
    const flush = () => {
      if (delta !== "") chunks.push({ type: "text-delta", id: ANSWER_TEXT_ID, delta });
      delta = "";
    };
    for (const piece of pieces) {
      if (piece.type === "text") {
        delta += piece.text;
        this.#text += piece.text;
        continue;
      }
      for (const citation of this.#cite(piece.numbers)) {
        if (citation.isNew) {
          // The citation travels before its number, so a number on the screen always has something to open.
          flush();
          chunks.push({ type: "data-citation", id: citation.data.id, data: citation.data });
        }
        delta += `[${citation.data.marker}]`;
        this.#text += `[${citation.data.marker}]`;
      }
    }
    flush();
    return chunks;
  }

  /** The sentence a marker at the end of the shown text speaks for. */
  #claim(): string {
    const masked = maskMarkers(this.#text);
    const sentences = this.#checker
      .splitSentences(masked)
      .filter(({ start, end }) => /[\p{L}\p{N}]/u.test(masked.slice(start, end)));
    const last = sentences.at(-1);
    return (last === undefined ? masked : masked.slice(last.start, last.end)).trim();
  }

  #cite(numbers: readonly number[]): { data: CitationData; isNew: boolean }[] {
    const claim = this.#claim();
    if (claim === "") return [];
    const cited: { data: CitationData; isNew: boolean }[] = [];
    for (const number of new Set(numbers)) {
      const source = this.#sources.get(number);
      if (source === undefined) continue;
      const support = this.#checker.findSupport(claim, source);
      this.#verdicts.push({ position: this.#text.length, verdict: support.verdict });
      if (support.verdict === "unsupported") continue;
      // The verdict is part of the key: the same words may carry one sentence wholly and another only in part.
      const key = `${source.versionId}:${support.start}:${support.end}:${support.verdict}`;
      const known = this.#markerByEvidence.get(key);
      const data = known ?? this.#citation(source, support);
      this.#markerByEvidence.set(key, data);
      if (known === undefined) this.citations.push(data);
      if (!cited.some((citation) => citation.data === data)) cited.push({ data, isNew: known === undefined });
    }
    return cited;
  }

  #citation(source: SourceData, support: Support): CitationData {
    return {
      id: newId(),
      marker: this.citations.length + 1,
      sourceId: source.id,
      documentId: source.documentId,
      versionId: source.versionId,
      title: source.title,
      mediaType: source.mediaType,
      page: this.#checker.pageOf(source, support.start),
      start: support.start,
      end: support.end,
      quote: support.quote,
      verdict: support.verdict,
      score: support.score,
    };
  }

  /** The verdict on each sentence of the finished answer. */
  check(): CheckData {
    const masked = maskMarkers(this.#text);
    const isNotFound = this.citations.length === 0 && masked.trim().startsWith(NOT_FOUND_ANSWER);
    if (isNotFound) return { sentences: [], isNotFound };
    const ranges = this.#checker
      .splitSentences(masked)
      .filter(({ start, end }) => statesSomething(masked.slice(start, end)));
    const sentences = ranges.map(({ start, end }, index) => {
      const until = ranges[index + 1]?.start ?? this.#text.length;
      const markers = Array.from(this.#text.slice(start, until).matchAll(/\[(\d{1,4})\]/g), (match) =>
        Number(match[1]),
      );
      const verdicts = this.#verdicts
        .filter((entry) => entry.position > start && entry.position <= until)
        .map((entry) => entry.verdict);
      const verdict: CitationData["verdict"] = verdicts.includes("supported")
        ? "supported"
        : verdicts.includes("partly")
          ? "partly"
          : "unsupported";
      return { start, end, verdict, markers: [...new Set(markers)] };
    });
    return { sentences, isNotFound };
  }
}

/** False for headings, lead-ins ("It has three parts:"), questions and stray punctuation: they claim nothing. */
function statesSomething(sentence: string): boolean {
  const trimmed = sentence.trim();
  return /\p{L}{2}/u.test(trimmed) && !/[:?？]$/u.test(trimmed) && !trimmed.startsWith("#");
}
