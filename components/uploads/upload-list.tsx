"use client";

import { X } from "lucide-react";
import { Button, IconButton } from "@/components/ui/button.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import { Progress } from "@/components/ui/progress.tsx";
import { useUploads } from "@/components/uploads/uploads-provider.tsx";
import type { Upload } from "@/components/uploads/use-upload-queue.ts";

/** Files shown one by one; of the others only the number. */
const SHOWN_MAX = 6;

/** What matters first: failures, then what is on its way. */
const RANK: Readonly<Record<Upload["phase"], number>> = {
  failed: 0,
  sending: 1,
  processing: 2,
  ready: 3,
  waiting: 4,
};

/** Files on their way, each with its progress or its error. */
export function UploadList() {
  const { uploads, dismiss } = useUploads();
  if (uploads.length === 0) return null;
  const ranked = uploads.toSorted((a, b) => RANK[a.phase] - RANK[b.phase] || a.key - b.key);
  const isLong = uploads.length > SHOWN_MAX;
  return (
    <section aria-label="Adding files" className="mb-2 flex flex-col gap-2">
      <ul aria-label="Uploads" aria-live="polite" className="flex flex-wrap gap-2">
        {ranked.slice(0, SHOWN_MAX).map((upload) => (
          <UploadChip key={upload.key} upload={upload} onDismiss={() => dismiss([upload.key])} />
        ))}
      </ul>
      {isLong && (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-sm">
          {summaryWords(uploads)}
          <Button size="small" onClick={() => dismiss(doneKeys(uploads))}>
            Clear the finished ones
          </Button>
        </p>
      )}
    </section>
  );
}

function doneKeys(uploads: readonly Upload[]): number[] {
  return uploads.filter(({ phase }) => phase === "ready" || phase === "failed").map(({ key }) => key);
}

function summaryWords(uploads: readonly Upload[]): string {
  const count = (wanted: Upload["phase"]) => uploads.filter(({ phase }) => phase === wanted).length;
  return [
    `${uploads.length} files`,
    `${count("ready")} ready`,
    `${count("processing")} being read`,
    `${count("sending") + count("waiting")} still to be sent`,
    `${count("failed")} failed`,
  ].join(", ");
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
  if (phase === "waiting") return "Waiting to be sent";
  if (phase === "sending") return `Sending, ${Math.round(progress * 100)} %`;
  if (phase === "processing") return "Reading and indexing…";
  return "Ready to be asked about";
}
