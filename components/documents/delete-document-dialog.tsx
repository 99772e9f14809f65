import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import type { Document } from "@/lib/knowledge/schema.ts";

export interface DeleteDocumentDialogProps {
  readonly document: Document;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onConfirm: () => void;
}

/** Asks before a document is deleted. */
export function DeleteDocumentDialog({ document, ...rest }: DeleteDocumentDialogProps) {
  return (
    <ConfirmDialog
      {...rest}
      title="Delete this document?"
      description={`“${document.title}” will no longer be searched, and citations of it can no longer be opened. This cannot be undone.`}
      confirmLabel="Delete document"
    />
  );
}
