"use client";

import { ClipboardPaste, Globe, Upload } from "lucide-react";
import { useState } from "react";
import { AddAddressDialog } from "@/components/documents/add/add-address-dialog.tsx";
import { PasteTextDialog } from "@/components/documents/add/paste-text-dialog.tsx";
import { Button } from "@/components/ui/button.tsx";
import { FileButton } from "@/components/uploads/file-button.tsx";

export interface AddButtonsProps {
  readonly collectionId: string;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onAdded: (sentence: string) => void;
}

/** The ways to add documents: files, addresses, text. */
export function AddButtons({ collectionId, onFiles, onAdded }: AddButtonsProps) {
  const [open, setOpen] = useState<"address" | "text" | null>(null);
  const added = (sentence: string) => {
    setOpen(null);
    onAdded(sentence);
  };
  return (
    <>
      <FileButton
        onFiles={onFiles}
        button={(choose) => (
          <Button variant="primary" onClick={choose} className="max-sm:w-full">
            <Upload aria-hidden />
            Upload files
          </Button>
        )}
      />
      <Button onClick={() => setOpen("address")} className="max-sm:grow">
        <Globe aria-hidden />
        Add from the web
      </Button>
      <Button onClick={() => setOpen("text")} className="max-sm:grow">
        <ClipboardPaste aria-hidden />
        Paste text
      </Button>
      <AddAddressDialog
        collectionId={collectionId}
        isOpen={open === "address"}
        onOpenChange={(isOpen) => setOpen(isOpen ? "address" : null)}
        onAdded={added}
      />
      <PasteTextDialog
        collectionId={collectionId}
        isOpen={open === "text"}
        onOpenChange={(isOpen) => setOpen(isOpen ? "text" : null)}
        onAdded={added}
      />
    </>
  );
}
