"use client";

import { useState } from "react";
import { isRetryable, isWorking } from "@/components/documents/document-words.ts";
import type { DocumentAction } from "@/components/documents/list/use-document-actions.ts";
import { Button } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import type { Document } from "@/lib/knowledge/schema.ts";

export interface SelectionBarProps {
  readonly selected: readonly Document[];
  readonly isBusy: boolean;
  readonly onRun: (action: DocumentAction, documentIds: readonly string[]) => void;
  readonly onClear: () => void;
}

/** What can be done with the selected documents at once. */
export function SelectionBar({ selected, isBusy, onRun, onClear }: SelectionBarProps) {
  const [isConfirming, setIsConfirming] = useState(false);
  const working = selected.filter(isWorking);
  const stopped = selected.filter(isRetryable);
  const paused = working.filter(({ isPaused }) => isPaused);
  const moving = working.filter(({ isPaused }) => !isPaused);
  const count = selected.length === 1 ? "1 document" : `${selected.length} documents`;
  const run = (action: DocumentAction, documents: readonly Document[]) =>
    onRun(
      action,
      documents.map(({ id }) => id),
    );
  return (
    <section
      aria-label="Selected documents"
      className="sticky top-0 z-10 flex flex-wrap items-center gap-2 rounded-lg border border-line bg-sunken px-3 py-1.5 text-sm shadow-raised"
    >
      <span role="status" className="mr-auto font-medium">
        {count} selected
      </span>
      {working.length > 0 && (
        <Button size="small" disabled={isBusy} onClick={() => run("cancel", working)}>
          Cancel reading ({working.length})
        </Button>
      )}
      {moving.length > 0 && (
        <Button size="small" disabled={isBusy} onClick={() => run("pause", moving)}>
          Pause ({moving.length})
        </Button>
      )}
      {paused.length > 0 && (
        <Button size="small" disabled={isBusy} onClick={() => run("resume", paused)}>
          Resume ({paused.length})
        </Button>
      )}
      {stopped.length > 0 && (
        <Button size="small" disabled={isBusy} onClick={() => run("retry", stopped)}>
          Try again ({stopped.length})
        </Button>
      )}
      <Button size="small" disabled={isBusy} onClick={() => setIsConfirming(true)}>
        Delete
      </Button>
      <Button size="small" variant="quiet" onClick={onClear}>
        Clear selection
      </Button>
      <ConfirmDialog
        isOpen={isConfirming}
        onOpenChange={setIsConfirming}
        title={`Delete ${count}?`}
        description="They will no longer be searched, and citations of them can no longer be opened. This cannot be undone."
        confirmLabel={`Delete ${count}`}
        onConfirm={() => run("delete", selected)}
      />
    </section>
  );
}
