"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { RequestError, requestJson } from "@/components/http/request-json.ts";
import { type Run, type RunWithItems, runWithItemsSchema } from "@/lib/evaluation/schema.ts";

/** How often a running run is read. */
const POLL_MS = 1000;

/** True while a run may still change. */
export function isActive(run: Run): boolean {
  return run.state === "queued" || run.state === "running";
}

/**
 * The run as the page got it, kept up to date until it ends; then the page itself is read again, since only an ended
 * run is compared. A missed poll is no news: the next one asks again.
 */
export function useLiveRun(loaded: RunWithItems): { current: RunWithItems; isStale: boolean } {
  const router = useRouter();
  const [polled, setPolled] = useState<RunWithItems | null>(null);
  const [isStale, setStale] = useState(false);
  const isLoadedActive = isActive(loaded.run);
  const runId = loaded.run.id;
  useEffect(() => {
    if (!isLoadedActive) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const poll = async () => {
      try {
        const next = await requestJson(`/api/admin/runs/${runId}`, runWithItemsSchema, {
          signal: stop.signal,
        });
        setStale(false);
        setPolled(next);
        if (!isActive(next.run)) return router.refresh();
      } catch (error) {
        if (stop.signal.aborted) return;
        // Deleted with its dataset: the page itself says so.
        if (error instanceof RequestError && error.status === 404) return router.refresh();
        setStale(true);
      }
      timer = setTimeout(() => void poll(), POLL_MS);
    };
    timer = setTimeout(() => void poll(), POLL_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [isLoadedActive, runId, router]);
  return { current: isLoadedActive && polled !== null ? polled : loaded, isStale };
}
