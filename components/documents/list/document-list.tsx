"use client";

import { useState } from "react";
import { DocumentTable } from "@/components/documents/list/document-table.tsx";
import { ListFilter } from "@/components/documents/list/list-filter.tsx";
import { ListPager } from "@/components/documents/list/list-pager.tsx";
import { OfflineNotice } from "@/components/documents/list/offline-notice.tsx";
import { SelectionBar } from "@/components/documents/list/selection-bar.tsx";
import { StatusLine } from "@/components/documents/list/status-line.tsx";
import { type DocumentAction, useDocumentActions } from "@/components/documents/list/use-document-actions.ts";
import { type DocumentListState, useDocumentList } from "@/components/documents/list/use-document-list.ts";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import { ACCEPTED_WORDS } from "@/components/uploads/accepted-files.ts";

export interface DocumentListProps {
  readonly collectionId: string;
  readonly isWritable: boolean;
  readonly maySchedule: boolean;
  /** Grows when something was added elsewhere. */
  readonly revision: number;
  /** Called when the documents can no longer be read. */
  readonly onLost: () => void;
}

/** The documents of a collection, page by page, with what can be done with them. */
export function DocumentList(props: DocumentListProps) {
  const { collectionId, isWritable, revision, onLost } = props;
  const list = useDocumentList(collectionId, revision, onLost);
  const { isBusy, said, error, run } = useDocumentActions(collectionId, list.refresh);
  const [selectedIds, setSelectedIds] = useState<ReadonlySet<string>>(new Set());
  const { documents, view } = list;
  if (documents === null) return <SkeletonText lines={6} label="Loading documents" />;
  const selected = documents.filter(({ id }) => selectedIds.has(id));
  const onRun = (action: DocumentAction, documentIds: readonly string[]) => {
    setSelectedIds(new Set());
    void run(action, documentIds);
  };
  const isNarrowed = view.filter !== null || view.words !== "";
  if (documents.length === 0 && !isNarrowed && list.page === 1)
    return <NoDocuments isWritable={isWritable} />;
  return (
    <section aria-label="Documents of the collection" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <ListFilter view={view} change={list.change} status={list.status} />
        {list.status && <StatusLine status={list.status} />}
      </div>
      {(list.status?.waitingOffline ?? 0) > 0 && <OfflineNotice maySchedule={props.maySchedule} />}
      <p role="status" className="text-muted text-sm empty:hidden">
        {said}
      </p>
      <p role="alert" className="text-danger text-sm empty:hidden">
        {error}
      </p>
      {selected.length > 0 && (
        <SelectionBar
          selected={selected}
          isBusy={isBusy}
          onRun={onRun}
          onClear={() => setSelectedIds(new Set())}
        />
      )}
      {documents.length === 0 ? (
        <NothingFits change={list.change} />
      ) : (
        <DocumentTable
          documents={documents}
          view={view}
          onView={list.change}
          isWritable={isWritable}
          selected={selectedIds}
          onSelect={setSelectedIds}
          onRun={onRun}
          onChanged={list.refresh}
        />
      )}
      <ListPager page={list.page} hasNext={list.hasNext} turn={list.turn} />
    </section>
  );
}

function NoDocuments({ isWritable }: { readonly isWritable: boolean }) {
  return (
    <div className="rounded-lg border border-line border-dashed p-8 text-center text-muted">
      <p>{isWritable ? "No documents yet. Drop files anywhere on this page." : "No documents here yet."}</p>
      {isWritable && <p className="mt-1 text-sm">{ACCEPTED_WORDS}.</p>}
    </div>
  );
}

function NothingFits({ change }: Pick<DocumentListState, "change">) {
  return (
    <p className="py-6 text-center text-muted">
      No document fits this filter.{" "}
      <button
        type="button"
        className="underline underline-offset-2 hover:text-ink"
        onClick={() => change({ filter: null, words: "" })}
      >
        Show all
      </button>
    </p>
  );
}
