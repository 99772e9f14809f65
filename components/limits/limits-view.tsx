"use client";

import { useState } from "react";
import { Section } from "@/components/evaluation/page-frame.tsx";
import { usePolled } from "@/components/http/use-polled.ts";
import { LimitsDialog } from "@/components/limits/limits-dialog.tsx";
import { SubjectList } from "@/components/limits/subject-list.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import { type LimitedSubject, limitsOverviewSchema } from "@/lib/router/schema.ts";

const POLL_MS = 5000;

/** Who may take how much, how much is taken, and the form that changes it. */
export function LimitsView() {
  const { data, isStale, refresh } = usePolled("/api/admin/limits", limitsOverviewSchema, {
    initial: null,
    everyMs: POLL_MS,
  });
  const [edited, setEdited] = useState<LimitedSubject | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const close = (words: string | null) => {
    setEdited(null);
    setDone(words);
    if (words !== null) refresh();
  };
  return (
    <>
      <div role="status" className="empty:sr-only">
        {isStale && (
          <Notice tone="warn">
            {data === null
              ? "The limits cannot be read. Trying again."
              : "The figures below are old. Trying again."}
          </Notice>
        )}
        {!isStale && done !== null && <Notice>{done}</Notice>}
      </div>
      {data === null && !isStale && <SkeletonText lines={8} label="Loading the limits" />}
      {data !== null && (
        <Section
          title="Limits and usage"
          note={`Rates count this minute; budgets count ${monthWords(data.month)} in the currency of the price table.`}
        >
          <SubjectList subjects={data.subjects} onEdit={setEdited} />
        </Section>
      )}
      {data !== null && edited !== null && (
        <LimitsDialog subject={edited} defaults={data.defaults[edited.type]} onClose={close} />
      )}
    </>
  );
}

/** "November 2026". */
function monthWords(month: string): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  return date.toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
}
