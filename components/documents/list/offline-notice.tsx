"use client";

import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestDone } from "@/components/http/request-json.ts";
import { usePolled } from "@/components/http/use-polled.ts";
import { Button } from "@/components/ui/button.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import { type OfflineSchedule, offlineScheduleSchema } from "@/lib/knowledge/schema.ts";

const PATH = "/api/offline-work";
const READ_EVERY_MS = 10_000;

/** Whether work in the background runs, shown while some of it waits; those who may pause and resume it here. */
export function OfflineNotice({ maySchedule }: { readonly maySchedule: boolean }) {
  const { data, refresh } = usePolled(PATH, offlineScheduleSchema, {
    initial: null,
    everyMs: READ_EVERY_MS,
  });
  const { isBusy, error, submit } = useSubmit();
  if (data === null) return null;
  const setPaused = (isPaused: boolean) =>
    submit(async () => {
      await requestDone(PATH, { method: "PATCH", body: { isPaused } });
      refresh();
    });
  return (
    <Notice
      tone={data.isOpen ? "neutral" : "warn"}
      role="status"
      actions={
        maySchedule && (
          <Button size="small" disabled={isBusy} onClick={() => void setPaused(!data.isPaused)}>
            {data.isPaused ? "Resume background work" : "Pause background work"}
          </Button>
        )
      }
    >
      {scheduleWords(data)}
      {error !== null && <span className="block text-danger">{error}</span>}
    </Notice>
  );
}

function scheduleWords({ isPaused, isOpen, hours }: OfflineSchedule): string {
  if (isPaused) return "Work in the background is paused for the organisation. New uploads are still read.";
  if (!isOpen && hours !== null) {
    return `Work in the background waits for its hours, ${hours.from} to ${hours.to} (${hours.timeZone}).`;
  }
  return "Work in the background is done when nobody waits for anything.";
}
