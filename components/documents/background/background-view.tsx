"use client";

import { useState } from "react";
import {
  momentWords,
  standWords,
  waitingWords,
  zoneWords,
} from "@/components/documents/background/background-words.ts";
import { HoursForm } from "@/components/documents/background/hours-form.tsx";
import { Crumbs } from "@/components/documents/collection-frame.tsx";
import { Section } from "@/components/evaluation/page-frame.tsx";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestJson } from "@/components/http/request-json.ts";
import { usePolled } from "@/components/http/use-polled.ts";
import { PageFrame } from "@/components/shell/page-frame.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import {
  type OfflineSchedule,
  offlineScheduleSchema,
  type UpdateOfflineSchedule,
} from "@/lib/knowledge/schema.ts";

const PATH = "/api/offline-work";
const READ_EVERY_MS = 10_000;

/** When work that nobody waits for is done: how it stands, its pause and its hours. */
export function BackgroundView({ maySchedule }: { readonly maySchedule: boolean }) {
  const { data, isStale, refresh } = usePolled(PATH, offlineScheduleSchema, {
    initial: null,
    everyMs: READ_EVERY_MS,
  });
  const [saved, setSaved] = useState<{ schedule: OfflineSchedule; before: OfflineSchedule | null } | null>(
    null,
  );
  // What was just saved stands until the next reading.
  const schedule = saved !== null && saved.before === data ? saved.schedule : data;
  const save = async (body: UpdateOfflineSchedule) => {
    const changed = await requestJson(PATH, offlineScheduleSchema, { method: "PATCH", body });
    setSaved({ schedule: changed, before: data });
    refresh();
  };
  return (
    <PageFrame
      crumbs={<Crumbs steps={[{ label: "Documents", href: "/collections" }]} />}
      title="Background work"
      description="Imports of folders and sites, documents read again, new vectors and text recognition. What somebody uploads and waits for is always read at once."
    >
      <div role="status" className="empty:sr-only">
        {isStale && <Notice tone="warn">What is shown may be old. Trying again.</Notice>}
      </div>
      {schedule === null && !isStale && <SkeletonText lines={6} label="Loading background work" />}
      {schedule !== null && (
        <div className="flex max-w-2xl flex-col gap-8">
          <Stand schedule={schedule} maySchedule={maySchedule} save={save} />
          {maySchedule ? (
            <HoursForm hours={schedule.hours} save={save} />
          ) : (
            <Notice>Editors and administrators pause background work and choose its hours.</Notice>
          )}
        </div>
      )}
    </PageFrame>
  );
}

interface StandProps {
  readonly schedule: OfflineSchedule;
  readonly maySchedule: boolean;
  readonly save: (change: UpdateOfflineSchedule) => Promise<void>;
}

function Stand({ schedule, maySchedule, save }: StandProps) {
  const { isBusy, error, submit } = useSubmit();
  const { isPaused, waitingDocuments } = schedule;
  const { state, tone, sentence } = standWords(schedule);
  return (
    <Section title="Now">
      <p role="status" className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1">
        <Badge tone={tone}>{state}</Badge>
        <span className="min-w-0 flex-1 basis-56">{sentence}</span>
      </p>
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        {waitingDocuments !== null && (
          <>
            <dt className="text-muted">Waiting</dt>
            <dd className="tabular-nums">{waitingWords(waitingDocuments)}</dd>
          </>
        )}
        <dt className="text-muted">Next start</dt>
        <dd>
          <NextStart schedule={schedule} />
        </dd>
      </dl>
      {maySchedule && (
        <div className="flex flex-wrap items-center gap-3">
          <Button disabled={isBusy} onClick={() => void submit(() => save({ isPaused: !isPaused }))}>
            {isPaused ? "Resume background work" : "Pause background work"}
          </Button>
          {!isPaused && (
            <span className="text-muted text-sm">What runs stops at the end of its present part.</span>
          )}
        </div>
      )}
      <p role="alert" className="text-danger text-sm empty:hidden">
        {error}
      </p>
    </Section>
  );
}

/** By the clocks of the schedule's zone, and by the reader's own where those show something else. */
function NextStart({
  schedule: { isPaused, isOpen, hours, nextStartAt },
}: {
  readonly schedule: OfflineSchedule;
}) {
  if (isPaused) return "When it is resumed";
  if (isOpen || hours === null || nextStartAt === null) return "Runs now";
  const there = momentWords(nextStartAt, hours.timeZone);
  const here = momentWords(nextStartAt, undefined);
  return (
    <time dateTime={nextStartAt}>
      {there} ({zoneWords(hours.timeZone)})
      {here !== there && <span className="block text-muted">{here} by your clock</span>}
    </time>
  );
}
