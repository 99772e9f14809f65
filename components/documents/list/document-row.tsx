"use client";

import { Ban, RotateCw, Trash2 } from "lucide-react";
import Link from "next/link";
import { memo, useState } from "react";
import { DeleteDocumentDialog } from "@/components/documents/delete-document-dialog.tsx";
import {
  isCancellable,
  isRetryable,
  kindWords,
  needsPassword,
  pageCountWords,
  sourceWords,
  stateWords,
} from "@/components/documents/document-words.ts";
import type { DocumentAction } from "@/components/documents/list/use-document-actions.ts";
import { EnterPassword } from "@/components/documents/password/enter-password.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { IconButton } from "@/components/ui/button.tsx";
import { dayWords, sizeWords } from "@/components/ui/format.ts";
import { Progress } from "@/components/ui/progress.tsx";
import { TableCell } from "@/components/ui/table.tsx";
import type { Document } from "@/lib/knowledge/schema.ts";

export interface DocumentRowProps {
  readonly document: Document;
  readonly isWritable: boolean;
  readonly isSelected: boolean;
  readonly onSelect: (isSelected: boolean) => void;
  readonly onRun: (action: DocumentAction, documentIds: readonly string[]) => void;
  /** Called when the document changed by what was done in its row. */
  readonly onChanged: () => void;
}

/** One document of the table. */
export function DocumentRow(props: DocumentRowProps) {
  const { document, isWritable, isSelected, onSelect, onRun, onChanged } = props;
  return (
    <tr className={isSelected ? "bg-accent-soft/50" : undefined}>
      {isWritable && (
        <TableCell className="pr-2!">
          <input
            type="checkbox"
            aria-label={`Select ${document.title}`}
            className="mt-0.5 block size-4 accent-accent"
            checked={isSelected}
            onChange={(event) => onSelect(event.target.checked)}
          />
        </TableCell>
      )}
      <TitleCell document={document} isWritable={isWritable} onChanged={onChanged} />
      <TableCell className="whitespace-nowrap @max-4xl:hidden">{kindWords(document.mediaType)}</TableCell>
      <TableCell className="@max-lg:hidden">
        <DocumentStateBadge document={document} />
      </TableCell>
      <TableCell className="text-right tabular-nums @max-2xl:hidden">{document.pageCount ?? "–"}</TableCell>
      <TableCell className="whitespace-nowrap text-right tabular-nums @max-2xl:hidden">
        {sizeWords(document.sizeBytes)}
      </TableCell>
      <TableCell className="@max-4xl:hidden">
        <SourceLink document={document} />
      </TableCell>
      <TableCell className="whitespace-nowrap @max-3xl:hidden">{dayWords(document.updatedAt)}</TableCell>
      {isWritable && <ActionCell document={document} onRun={onRun} />}
    </tr>
  );
}

type TitleCellProps = Pick<DocumentRowProps, "document" | "isWritable" | "onChanged">;

function TitleCell({ document, isWritable, onChanged }: TitleCellProps) {
  const { title, fileName, state, stateDetail, pageCount } = document;
  const { note } = stateWords(document);
  return (
    <TableCell className="min-w-36">
      <Link
        href={`/collections/${document.collectionId}/documents/${document.id}`}
        prefetch={false}
        className="font-medium underline-offset-4 [overflow-wrap:anywhere] hover:underline"
      >
        {title}
      </Link>
      {title !== fileName && <p className="text-muted text-xs [overflow-wrap:anywhere]">{fileName}</p>}
      <div className="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-muted text-xs @2xl:hidden">
        <span className="@lg:hidden">
          <DocumentStateBadge document={document} />
        </span>
        <span>
          {kindWords(document.mediaType)}
          {pageCount !== null && `, ${pageCountWords(document.mediaType, pageCount)}`}
          {`, ${sizeWords(document.sizeBytes)}`}
        </span>
      </div>
      {state === "failed" && (
        <p className="mt-0.5 text-danger [overflow-wrap:anywhere]">
          {stateDetail ?? "The document could not be read."}
        </p>
      )}
      {isWritable && needsPassword(document) && (
        <div className="mt-1.5">
          <EnterPassword document={document} onEntered={onChanged} />
        </div>
      )}
      {state !== "failed" && stateDetail && (
        <p className="mt-0.5 text-warn [overflow-wrap:anywhere]">{stateDetail}</p>
      )}
      {note !== "" && <p className="mt-0.5 text-muted text-xs">{note}</p>}
    </TableCell>
  );
}

/** The state as a badge, with the progress of what is being read. */
export const DocumentStateBadge = memo(function DocumentStateBadge({
  document,
}: {
  readonly document: Document;
}) {
  const { words, tone, progress } = stateWords(document);
  return (
    <>
      <Badge tone={tone}>{words}</Badge>
      {progress !== null && (
        <Progress label={`Progress of ${document.title}`} value={progress} className="mt-1.5 w-24" />
      )}
    </>
  );
});

/** Where the document came from. */
export function SourceLink({ document }: { readonly document: Document }) {
  const { words, href } = sourceWords(document);
  if (href === null) {
    const isPath = document.sourceKind === "folder";
    return <span className={isPath ? "[overflow-wrap:anywhere]" : "whitespace-nowrap"}>{words}</span>;
  }
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      title={href}
      className="line-clamp-2 max-w-44 underline underline-offset-2 [overflow-wrap:anywhere]"
    >
      {words}
    </a>
  );
}

type ActionCellProps = Pick<DocumentRowProps, "document" | "onRun">;

function ActionCell({ document, onRun }: ActionCellProps) {
  const [isConfirming, setIsConfirming] = useState(false);
  const run = (action: DocumentAction) => onRun(action, [document.id]);
  return (
    <TableCell className="whitespace-nowrap py-1! pr-0! text-right">
      {isCancellable(document) && (
        <IconButton label={`Cancel reading ${document.title}`} onClick={() => run("cancel")}>
          <Ban aria-hidden />
        </IconButton>
      )}
      {isRetryable(document) && !needsPassword(document) && (
        <IconButton label={`Try ${document.title} again`} onClick={() => run("retry")}>
          <RotateCw aria-hidden />
        </IconButton>
      )}
      <IconButton label={`Delete ${document.title}`} onClick={() => setIsConfirming(true)}>
        <Trash2 aria-hidden />
      </IconButton>
      <DeleteDocumentDialog
        document={document}
        isOpen={isConfirming}
        onOpenChange={setIsConfirming}
        onConfirm={() => run("delete")}
      />
    </TableCell>
  );
}
