"use client";

import { Pencil } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { EditForm } from "@/components/ui/edit-form.tsx";

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
      <EditForm
        label="Edit the search"
        fieldLabel="Search for"
        text={query}
        lengthMax={QUERY_LENGTH_MAX}
        submitLabel="Search again"
        isBusy={isBusy}
        onCancel={close}
        onSubmit={(changed) => {
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
