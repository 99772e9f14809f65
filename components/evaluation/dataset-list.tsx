"use client";

import Link from "next/link";
import { DatasetMenu } from "@/components/evaluation/dataset-menu.tsx";
import { countWords } from "@/components/evaluation/format-figure.ts";
import { Badge } from "@/components/ui/badge.tsx";
import type { Dataset } from "@/lib/evaluation/schema.ts";

export interface DatasetListProps {
  readonly datasets: readonly Dataset[];
  readonly onChanged: (message: string) => void;
  readonly onFailed: (error: unknown) => void;
}

/** Every dataset with its size and version; the name leads to its questions. */
export function DatasetList({ datasets, onChanged, onFailed }: DatasetListProps) {
  if (datasets.length === 0) {
    return (
      <p className="rounded-lg border border-line border-dashed px-4 py-6 text-muted">
        There is no dataset yet. Make one from a file with one question a line: the question, the answer you
        expect and the words in your documents that hold it.
      </p>
    );
  }
  return (
    <ul aria-label="Datasets" className="flex flex-col divide-y divide-line border-line border-y">
      {datasets.map((dataset) => (
        <li key={dataset.id} className="flex items-center gap-3 py-3">
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-center gap-x-2">
              <Link
                href={`/evaluation/datasets/${dataset.id}`}
                className="font-medium underline-offset-4 [overflow-wrap:anywhere] hover:underline"
              >
                {dataset.name}
              </Link>
              {dataset.isSample && <Badge>Sample</Badge>}
            </p>
            <p className="text-muted text-sm tabular-nums">
              {countWords(dataset.itemCount, "question")}, {dataset.itemCount - dataset.answerableCount} of
              them unanswerable · version {dataset.version}
            </p>
          </div>
          <DatasetMenu
            dataset={dataset}
            onChanged={onChanged}
            onDeleted={() => onChanged(`${dataset.name} is deleted.`)}
            onFailed={onFailed}
          />
        </li>
      ))}
    </ul>
  );
}
