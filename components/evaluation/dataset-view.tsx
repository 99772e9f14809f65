"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { placeWords } from "@/components/chat/verdict-words.ts";
import { DatasetMenu } from "@/components/evaluation/dataset-menu.tsx";
import { countWords } from "@/components/evaluation/format-figure.ts";
import { Section } from "@/components/evaluation/page-frame.tsx";
import { RunList } from "@/components/evaluation/run-list.tsx";
import { errorSentence } from "@/components/http/request-json.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import type { Dataset, DatasetItem, Run } from "@/lib/evaluation/schema.ts";

export interface DatasetViewProps {
  readonly dataset: Dataset;
  readonly items: readonly DatasetItem[];
  readonly runs: readonly Run[];
}

/** A dataset's questions and its runs. */
export function DatasetView({ dataset, items, runs }: DatasetViewProps) {
  const router = useRouter();
  const [status, setStatus] = useState<{ tone: "neutral" | "danger"; text: string } | null>(null);
  return (
    <>
      {status !== null && (
        <Notice tone={status.tone} role="status">
          {status.text}
        </Notice>
      )}
      <Section
        title="Questions"
        note={`${countWords(items.length, "question")}, version ${dataset.version}`}
        actions={
          <DatasetMenu
            dataset={dataset}
            onChanged={(text) => {
              setStatus({ tone: "neutral", text });
              router.refresh();
            }}
            onDeleted={() => router.push("/evaluation")}
            onFailed={(error) => setStatus({ tone: "danger", text: errorSentence(error) })}
          />
        }
      >
        {items.length === 0 ? (
          <p className="rounded-lg border border-line border-dashed px-4 py-6 text-muted">
            No questions yet. Import a file from the menu above.
          </p>
        ) : (
          <ol className="flex flex-col divide-y divide-line border-line border-y">
            {items.map((item) => (
              <li key={item.id} className="py-3">
                <QuestionLines item={item} />
              </li>
            ))}
          </ol>
        )}
      </Section>
      <Section title="Runs">
        <RunList runs={runs} />
      </Section>
    </>
  );
}

function QuestionLines({ item }: { readonly item: DatasetItem }) {
  const places = item.expectedSources.map((source) => placeWords(source.document, source.page));
  return (
    <div className="flex flex-col gap-0.5">
      <p className="[overflow-wrap:anywhere]">
        <span className="mr-2 text-muted text-sm tabular-nums">{item.id}</span>
        {item.question} {!item.answerable && <Badge>Unanswerable</Badge>}
      </p>
      {item.answer !== null && <p className="max-w-measure font-serif text-muted">{item.answer}</p>}
      <p className="text-muted text-sm [overflow-wrap:anywhere]">
        {[...new Set(places), ...item.tags.map((tag) => `#${tag}`)].join(" · ")}
      </p>
    </div>
  );
}
