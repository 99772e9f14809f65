"use client";

import { Pencil } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Textarea } from "@/components/ui/input.tsx";

export interface SearchAgainProps {
  readonly query: string;
  /** How the question came to be searched so, when it is not as the person wrote it. */
  readonly note?: string | undefined;
  /** Searches with other words; absent where that is done elsewhere. */
  readonly onSearch?: ((query: string) => void) | undefined;
  readonly isBusy?: boolean | undefined;
}

const QUERY_LENGTH_MAX = 2000;

/** The question as it was searched, which a reader may change and search again. */
export function SearchAgain({ query, note, onSearch, isBusy = false }: SearchAgainProps) {
  const [isEditing, setIsEditing] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => {
    setIsEditing(false);
    // The button is drawn again only after this render.
    requestAnimationFrame(() => opener.current?.focus());
  };
  if (isEditing && onSearch) {
    return (
      <SearchForm
        query={query}
        isBusy={isBusy}
        onCancel={close}
        onSearch={(changed) => {
          setIsEditing(false);
          onSearch(changed);
        }}
      />
    );
  }
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1.5">
      <div className="min-w-0 flex-1 basis-56">
        <h4 className="text-muted">Searched for</h4>
        <p className="[overflow-wrap:anywhere]">
          {query}
          {note && <span className="text-muted"> ({note})</span>}
        </p>
      </div>
      {onSearch && (
        <Button ref={opener} size="small" disabled={isBusy} onClick={() => setIsEditing(true)}>
          <Pencil aria-hidden />
          Edit the search
        </Button>
      )}
    </div>
  );
}

interface SearchFormProps {
  readonly query: string;
  readonly isBusy: boolean;
  readonly onCancel: () => void;
  readonly onSearch: (query: string) => void;
}

function SearchForm({ query, isBusy, onCancel, onSearch }: SearchFormProps) {
  const [draft, setDraft] = useState(query);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const isSendable = !isBusy && draft.trim() !== "" && draft.trim() !== query.trim();
  return (
    <form
      aria-label="Edit the search"
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isSendable) onSearch(draft.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onCancel();
      }}
    >
      <Textarea
        ref={field}
        aria-label="Search for"
        rows={2}
        maxLength={QUERY_LENGTH_MAX}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
      />
      <div className="flex justify-end gap-2">
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="small" variant="primary" type="submit" disabled={!isSendable}>
          Search again
        </Button>
      </div>
    </form>
  );
}
