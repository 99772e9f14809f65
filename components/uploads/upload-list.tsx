"use client";

import { X } from "lucide-react";
import { IconButton } from "@/components/ui/button.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import { Progress } from "@/components/ui/progress.tsx";
import { useUploads } from "@/components/uploads/uploads-provider.tsx";
import type { Upload } from "@/components/uploads/use-upload-queue.ts";

/** Files on their way, each with its progress or its error. */
export function UploadList() {
  const { uploads, dismiss } = useUploads();
  if (uploads.length === 0) return null;
  return (
    <ul aria-label="Uploads" aria-live="polite" className="mb-2 flex flex-wrap gap-2">
      {uploads.map((upload) => (
        <UploadChip key={upload.key} upload={upload} onDismiss={() => dismiss(upload.key)} />
      ))}
    </ul>
  );
}

function UploadChip({ upload, onDismiss }: { readonly upload: Upload; readonly onDismiss: () => void }) {
  const { phase, fileName, progress, error } = upload;
  const isRunning = phase === "sending" || phase === "processing";
  return (
    <li
      className={classNames(
        "flex max-w-full items-center gap-2 rounded-lg border py-1 pr-1 pl-3 text-sm",
        phase === "failed" ? "border-danger/40 bg-danger-soft" : "border-line bg-surface",
      )}
    >
      <div className="min-w-0">
        <p className="truncate font-medium">{fileName}</p>
        <p className={phase === "failed" ? "text-danger" : "text-muted"}>
          {error ?? phaseWords(phase, progress)}
        </p>
        {isRunning && (
          <Progress label={`Progress of ${fileName}`} value={progress} className="mt-1 w-40 max-w-full" />
        )}
      </div>
      <IconButton label={`Dismiss ${fileName}`} onClick={onDismiss}>
        <X aria-hidden />
      </IconButton>
    </li>
  );
}

function phaseWords(phase: Upload["phase"], progress: number): string {
  if (phase === "sending") return `Sending, ${Math.round(progress * 100)} %`;
  if (phase === "processing") return "Reading and indexing…";
  return "Ready to be asked about";
}
