"use client";

import { Search, X } from "lucide-react";
import { type ReactNode, type SyntheticEvent, useRef, useState } from "react";
import { SearchResults } from "@/components/documents/search/search-results.tsx";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestJson } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import { Input } from "@/components/ui/input.tsx";
import { type SearchResponse, searchResponseSchema } from "@/lib/knowledge/schema.ts";

export interface CollectionSearchProps {
  readonly collectionId: string;
  /** Shown while nothing is searched. */
  readonly children: ReactNode;
}

interface Answer {
  readonly query: string;
  readonly response: SearchResponse;
}

/** A search in one collection, with the passages found and how they were found in the place of the documents. */
export function CollectionSearch({ collectionId, children }: CollectionSearchProps) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const { isBusy, error, clearError, submit } = useSubmit();
  const field = useRef<HTMLInputElement>(null);
  const onSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const query = String(new FormData(event.currentTarget).get("query")).trim();
    if (query === "") return;
    const body = { query, collectionIds: [collectionId] };
    void submit(async () => {
      // What was found before goes at once: rights may have changed since.
      setAnswer(null);
      setAnswer({
        query,
        response: await requestJson("/api/search", searchResponseSchema, { method: "POST", body }),
      });
    });
  };
  const close = () => {
    setAnswer(null);
    clearError();
    if (field.current) field.current.value = "";
    field.current?.focus();
  };
  return (
    <>
      <search>
        <form aria-label="Search this collection" onSubmit={onSubmit} className="flex gap-2">
          <Input
            ref={field}
            name="query"
            type="search"
            aria-label="Search in these documents"
            placeholder="Search in these documents"
            maxLength={2000}
            className="min-w-0 flex-1"
          />
          <Button type="submit" disabled={isBusy}>
            <Search aria-hidden />
            <span className="max-sm:sr-only">Search</span>
          </Button>
        </form>
      </search>
      <p role="alert" className="text-danger text-sm empty:hidden">
        {error}
      </p>
      {answer === null ? (
        children
      ) : (
        <SearchResults
          {...answer}
          close={
            <Button size="small" onClick={close}>
              <X aria-hidden />
              Back to the documents
            </Button>
          }
        />
      )}
    </>
  );
}
