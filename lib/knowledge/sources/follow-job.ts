import { z } from "zod";
import { defineJob, enqueueJob } from "../../jobs/index.ts";
import { AppError } from "../../shared/errors.ts";
import { idSchema } from "../../shared/ids.ts";
import { isOfflineOpen } from "../ingest/offline-schedule.ts";
import { findDueSources } from "../queries/sources.ts";
import { failSource, followSource } from "./follow-source.ts";

/** Looks at one page or site. */
export const followSourceJob = defineJob({
  name: "follow-source",
  schema: z.object({ orgId: idSchema, sourceId: idSchema, priority: z.enum(["online", "offline"]) }),
  handler: ({ orgId, sourceId, priority }, { signal }) =>
    followSource({ orgId }, sourceId, { priority, signal }),
  retryLimit: 2,
  // 500 pages of a site that asks for a long wait between two of them.
  expireSeconds: 8 * 3_600,
  concurrency: 2,
  onDead: ({ orgId, sourceId }, reason) => failSource({ orgId }, sourceId, reason),
});

/** Puts a source into the queue; once, however often it is called while it waits or runs. */
export async function enqueueFollow(
  scope: { readonly orgId: string },
  sourceId: string,
  priority: "online" | "offline",
): Promise<void> {
  await enqueueJob(
    followSourceJob,
    { orgId: scope.orgId, sourceId, priority },
    { key: sourceId, priority: priority === "online" ? 10 : 0 },
  );
}

/** A source is due once a day; looking for due ones more often lets those of an organisation at rest have their turn. */
const DUE_AFTER_HOURS = 23;

/** Every hour: sources followed daily that were not looked at for a day, where offline work may run. */
export const refreshSourcesJob = defineJob({
  name: "refresh-sources",
  schema: z.object({}),
  handler: async (_payload, { signal }) => {
    const isOpen = new Map<string, boolean>();
    for (const { orgId, sourceId } of await findDueSources(DUE_AFTER_HOURS)) {
      if (signal.aborted) throw new AppError("unavailable");
      if (!isOpen.has(orgId)) isOpen.set(orgId, await isOfflineOpen({ orgId }));
      if (isOpen.get(orgId)) await enqueueFollow({ orgId }, sourceId, "offline");
    }
  },
  retryLimit: 0,
  concurrency: 1,
  cron: "23 * * * *",
  schedulePayload: {},
});
