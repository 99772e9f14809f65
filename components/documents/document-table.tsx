"use client";

import { RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { errorSentence, requestDone } from "@/components/http/request-json.ts";
import { Badge, type BadgeTone } from "@/components/ui/badge.tsx";
import { IconButton } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { dayWords, sizeWords } from "@/components/ui/format.ts";
import { Progress } from "@/components/ui/progress.tsx";
import { Table, TableCell, TableHead } from "@/components/ui/table.tsx";
import type { Document, DocumentState } from "@/lib/knowledge/schema.ts";

export interface DocumentTableProps {
  readonly documents: readonly Document[];
  readonly isWritable: boolean;
  readonly onChanged: () => void;
}

/** Documents with state, size and what can be done. */
export function DocumentTable({ documents, isWritable, onChanged }: DocumentTableProps) {
  const [error, setError] = useState<string | null>(null);
  const run = async (path: string, method: "POST" | "DELETE") => {
    try {
      await requestDone(path, { method });
      setError(null);
    } catch (cause) {
      setError(errorSentence(cause));
    }
    onChanged();
  };
  return (
    <>
      <p role="alert" className="text-danger text-sm empty:hidden">
        {error}
      </p>
      <Table label="Documents">
        <thead>
          <tr>
            <TableHead className="w-full">Title</TableHead>
            <TableHead>State</TableHead>
            <TableHead className="text-right! max-sm:hidden">Pages</TableHead>
            <TableHead className="text-right! max-sm:hidden">Size</TableHead>
            <TableHead className="max-sm:hidden">Added</TableHead>
            {isWritable && (
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            )}
          </tr>
        </thead>
        <tbody>
          {documents.map((document) => (
            <tr key={document.id}>
              <TitleCell document={document} />
              <TableCell>
                <StateWords document={document} />
              </TableCell>
              <TableCell className="text-right tabular-nums max-sm:hidden">
                {document.pageCount ?? "–"}
              </TableCell>
              <TableCell className="whitespace-nowrap text-right tabular-nums max-sm:hidden">
                {sizeWords(document.sizeBytes)}
              </TableCell>
              <TableCell className="whitespace-nowrap max-sm:hidden">
                {dayWords(document.createdAt)}
              </TableCell>
              {isWritable && <ActionCell document={document} onRun={run} />}
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}

function TitleCell({ document }: { readonly document: Document }) {
  return (
    <TableCell className="sm:min-w-52">
      <a
        href={`/api/documents/${document.id}/content`}
        target="_blank"
        rel="noopener"
        className="font-medium [overflow-wrap:anywhere] hover:underline"
      >
        {document.title}
      </a>
      {document.title !== document.fileName && <p className="text-muted text-xs">{document.fileName}</p>}
      {document.state === "failed" && (
        <p className="mt-0.5 text-danger">{document.stateDetail ?? "The document could not be read."}</p>
      )}
      {document.state === "ready" && document.stateDetail && (
        <p className="mt-0.5 text-warn">{document.stateDetail}</p>
      )}
    </TableCell>
  );
}

const STATES: Readonly<Record<DocumentState, { words: string; tone: BadgeTone }>> = {
  queued: { words: "Waiting", tone: "neutral" },
  parsing: { words: "Reading", tone: "accent" },
  indexing: { words: "Indexing", tone: "accent" },
  ready: { words: "Ready", tone: "good" },
  failed: { words: "Failed", tone: "danger" },
  ocr: { words: "Recognising text", tone: "accent" },
  cancelled: { words: "Cancelled", tone: "neutral" },
  deleting: { words: "Being deleted", tone: "neutral" },
};

function StateWords({ document }: { readonly document: Document }) {
  const { words, tone } = STATES[document.state];
  const isMoving = document.state === "parsing" || document.state === "indexing";
  return (
    <>
      <Badge tone={tone}>{words}</Badge>
      {isMoving && (
        <Progress label={`Progress of ${document.title}`} value={document.progress} className="mt-1.5 w-20" />
      )}
    </>
  );
}

interface ActionCellProps {
  readonly document: Document;
  readonly onRun: (path: string, method: "POST" | "DELETE") => Promise<void>;
}

function ActionCell({ document, onRun }: ActionCellProps) {
  const [isConfirming, setIsConfirming] = useState(false);
  const path = `/api/documents/${document.id}`;
  return (
    <TableCell className="whitespace-nowrap py-1! pr-0! text-right">
      {document.state === "failed" && (
        <IconButton label={`Try ${document.title} again`} onClick={() => void onRun(`${path}/retry`, "POST")}>
          <RotateCw aria-hidden />
        </IconButton>
      )}
      <IconButton label={`Delete ${document.title}`} onClick={() => setIsConfirming(true)}>
        <Trash2 aria-hidden />
      </IconButton>
      <ConfirmDialog
        isOpen={isConfirming}
        onOpenChange={setIsConfirming}
        title="Delete this document?"
        description={`“${document.title}” will no longer be searched, and citations of it can no longer be opened.`}
        confirmLabel="Delete document"
        onConfirm={() => void onRun(path, "DELETE")}
      />
    </TableCell>
  );
}
