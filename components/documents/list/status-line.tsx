import { sizeWords } from "@/components/ui/format.ts";
import type { CollectionStatus } from "@/lib/knowledge/schema.ts";

/** How many documents there are and what is still to be read, in one line. */
export function StatusLine({ status }: { readonly status: CollectionStatus }) {
  const { counts, paused, waitingOffline, sizeBytes } = status;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const parts = [
    `${total} ${total === 1 ? "document" : "documents"}, ${sizeWords(sizeBytes)}`,
    ...(counts.working > 0 ? [`${counts.working} waiting or being read`] : []),
    ...(waitingOffline > 0 ? [`${waitingOffline} of them in the background`] : []),
    ...(paused > 0 ? [`${paused} paused`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
  ];
  return <p className="text-muted text-sm tabular-nums">{parts.join(" · ")}</p>;
}
