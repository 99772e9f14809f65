"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { MarkedPassage } from "@/components/documents/search/marked-passage.tsx";
import { matchWords } from "@/components/sources/found-words.ts";
import { HowFound } from "@/components/sources/how-found.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import type { SearchResponse, SearchResult } from "@/lib/knowledge/schema.ts";

export interface SearchResultsProps {
  readonly query: string;
  readonly response: SearchResponse;
  /** The way back. */
  readonly close: ReactNode;
}

/** Passages found, best first, and how they were found. */
export function SearchResults({ query, response, close }: SearchResultsProps) {
  const { results, trace } = response;
  const found = results.map(({ title, page, scores, matched }) => ({
    title,
    page,
    score: scores.rerank ?? scores.fused,
    scores,
    matched,
  }));
  return (
    <section aria-label="Search results" className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p role="status" className="text-muted text-sm">
          {countWords(results)}
        </p>
        {close}
      </div>
      <HowFound query={trace.query} trace={trace} found={found} />
      <ol aria-label="Passages" className="flex max-w-measure flex-col gap-5">
        {results.map((result) => (
          <ResultRow key={result.chunkId} result={result} query={query} />
        ))}
      </ol>
    </section>
  );
}

function countWords(results: readonly SearchResult[]): string {
  const documents = new Set(results.map(({ documentId }) => documentId)).size;
  if (results.length === 0) return "Nothing was found. The documents do not hold these words or their like.";
  const passages = results.length === 1 ? "1 passage" : `${results.length} passages`;
  return `${passages} in ${documents === 1 ? "1 document" : `${documents} documents`}`;
}

function ResultRow({ result, query }: { readonly result: SearchResult; readonly query: string }) {
  const { collectionId, documentId, page, chunkId } = result;
  const place = page === null ? "" : `page=${page}&`;
  return (
    <li>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-sm">
        <Link
          href={`/collections/${collectionId}/documents/${documentId}?${place}passage=${chunkId}`}
          prefetch={false}
          className="font-medium underline-offset-4 [overflow-wrap:anywhere] hover:underline"
        >
          {result.title}
        </Link>
        {page !== null && <span className="text-muted">page {page}</span>}
        {result.matched?.map((match) => (
          <Badge key={match} tone="accent">
            {matchWords(match)}
          </Badge>
        ))}
      </p>
      {result.headingPath.length > 0 && (
        <p className="text-muted text-xs">{result.headingPath.join(" › ")}</p>
      )}
      <div className="mt-1">
        <MarkedPassage text={result.text} query={query} keepsLines={result.mediaType !== "application/pdf"} />
      </div>
    </li>
  );
}
