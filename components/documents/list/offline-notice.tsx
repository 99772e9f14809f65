"use client";

import Link from "next/link";
import { standWords } from "@/components/documents/background/background-words.ts";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestDone } from "@/components/http/request-json.ts";
import { usePolled } from "@/components/http/use-polled.ts";
import { Button } from "@/components/ui/button.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import { offlineScheduleSchema } from "@/lib/knowledge/schema.ts";

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
      {standWords(data).sentence}{" "}
      {maySchedule && (
        <Link href="/collections/background" prefetch={false} className="underline underline-offset-2">
          Hours and pause
        </Link>
      )}
      {error !== null && <span className="block text-danger">{error}</span>}
    </Notice>
  );
}
