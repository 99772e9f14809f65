"use client";

import { useEffect, useState } from "react";
import { ACCEPTED_WORDS } from "@/components/uploads/accepted-files.ts";

/** Shows that files can be let go here, while some are dragged over the window. */
export function DropOverlay({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const [isDragging, setIsDragging] = useState(false);
  useEffect(() => {
    // Every element entered or left reports; the window itself is left when as many were left as entered.
    let depth = 0;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const onEnter = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      depth += 1;
      setIsDragging(true);
    };
    const onLeave = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setIsDragging(false);
    };
    const onOver = (event: DragEvent) => {
      if (holdsFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      depth = 0;
      setIsDragging(false);
      if (!holdsFiles(event)) return;
      event.preventDefault();
      onFiles([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener("dragenter", onEnter);
    window.addEventListener("dragleave", onLeave);
    window.addEventListener("dragover", onOver);
    window.addEventListener("drop", onDrop);
    return () => {
      window.removeEventListener("dragenter", onEnter);
      window.removeEventListener("dragleave", onLeave);
      window.removeEventListener("dragover", onOver);
      window.removeEventListener("drop", onDrop);
    };
  }, [onFiles]);
  if (!isDragging) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-50 flex items-center justify-center bg-paper/85 p-6">
      <div className="flex h-full w-full flex-col items-center justify-center gap-1 rounded-2xl border-2 border-accent border-dashed text-center">
        <p className="font-serif text-2xl">Drop to add to your documents</p>
        <p className="text-muted">{ACCEPTED_WORDS}; several at once</p>
      </div>
    </div>
  );
}
