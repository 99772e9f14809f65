"use client";

import { useEffect, useRef, useState } from "react";
import type { DocumentListState } from "@/components/documents/list/use-document-list.ts";
import { Input, Select } from "@/components/ui/input.tsx";
import type { CollectionStatus, DocumentFilter } from "@/lib/knowledge/schema.ts";

/** Typing goes on until this long after the last key. */
const SETTLE_MS = 250;

const FILTERS: readonly { readonly filter: DocumentFilter; readonly words: string }[] = [
  { filter: "working", words: "Waiting or being read" },
  { filter: "ready", words: "Ready" },
  { filter: "failed", words: "Failed" },
  { filter: "cancelled", words: "Cancelled" },
];

/** Narrows the list by state and by words of title, file name or address. */
export function ListFilter({ view, change, status }: Pick<DocumentListState, "view" | "change" | "status">) {
  const [words, setWords] = useState(view.words);
  const applied = useRef(view.words);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (words.trim() === applied.current) return;
      applied.current = words.trim();
      change({ words: applied.current });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [words, change]);
  useEffect(() => {
    // "Show all" empties the field from outside.
    if (view.words === applied.current) return;
    applied.current = view.words;
    setWords(view.words);
  }, [view.words]);
  return (
    <div className="flex gap-2 max-sm:w-full sm:flex-wrap">
      <Input
        type="search"
        aria-label="Filter by title, file name or address"
        placeholder="Filter by title"
        className="h-9! min-w-0 flex-1 basis-40 text-sm sm:max-w-64"
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <Select
        aria-label="Filter by state"
        className="h-9! min-w-0 max-w-full text-sm max-sm:w-44! max-sm:shrink-0 sm:w-auto!"
        value={view.filter ?? ""}
        onChange={(event) =>
          change({ filter: FILTERS.find(({ filter }) => filter === event.target.value)?.filter ?? null })
        }
      >
        <option value="">Every state{status && ` (${total(status)})`}</option>
        {FILTERS.map(({ filter, words: label }) => (
          <option key={filter} value={filter}>
            {label}
            {status && ` (${status.counts[filter]})`}
          </option>
        ))}
      </Select>
    </div>
  );
}

function total({ counts }: CollectionStatus): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
