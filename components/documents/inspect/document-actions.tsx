"use client";

import { Ban, ExternalLink, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { DeleteDocumentDialog } from "@/components/documents/delete-document-dialog.tsx";
import { isCancellable, isRetryable, needsPassword } from "@/components/documents/document-words.ts";
import { EnterPassword } from "@/components/documents/password/enter-password.tsx";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestDone } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import type { Document } from "@/lib/knowledge/schema.ts";

export interface DocumentActionsProps {
  readonly document: Document;
  readonly isWritable: boolean;
  readonly onChanged: () => Promise<void>;
  readonly onDeleted: () => void;
}

/** Open the original; for those who may write: read again, cancel, delete. */
export function DocumentActions({ document, isWritable, onChanged, onDeleted }: DocumentActionsProps) {
  const [isConfirming, setIsConfirming] = useState(false);
  const { isBusy, error, submit } = useSubmit();
  const path = `/api/documents/${document.id}`;
  const post = (verb: "cancel" | "retry") =>
    void submit(async () => {
      await requestDone(`${path}/${verb}`, { method: "POST" });
      await onChanged();
    });
  const remove = () =>
    void submit(async () => {
      await requestDone(path, { method: "DELETE" });
      onDeleted();
    });
  return (
    <div className="flex flex-wrap gap-2">
      <Button asChild size="small">
        <a href={`${path}/content`} target="_blank" rel="noopener">
          <ExternalLink aria-hidden />
          Open original
        </a>
      </Button>
      {isWritable && isCancellable(document) && (
        <Button size="small" disabled={isBusy} onClick={() => post("cancel")}>
          <Ban aria-hidden />
          Cancel reading
        </Button>
      )}
      {isWritable && needsPassword(document) && (
        <EnterPassword document={document} onEntered={() => void onChanged()} />
      )}
      {isWritable && isRetryable(document) && !needsPassword(document) && (
        <Button size="small" disabled={isBusy} onClick={() => post("retry")}>
          <RotateCw aria-hidden />
          Try again
        </Button>
      )}
      {isWritable && (
        <Button size="small" disabled={isBusy} onClick={() => setIsConfirming(true)}>
          <Trash2 aria-hidden />
          Delete
        </Button>
      )}
      <p role="alert" className="w-full text-danger text-sm empty:hidden">
        {error}
      </p>
      <DeleteDocumentDialog
        document={document}
        isOpen={isConfirming}
        onOpenChange={setIsConfirming}
        onConfirm={remove}
      />
    </div>
  );
}
