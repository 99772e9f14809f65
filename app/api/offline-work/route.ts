import { handle } from "@/lib/identity/index.ts";
import { getOfflineSchedule, updateOfflineSchedule } from "@/lib/knowledge/index.ts";
import { offlineScheduleSchema, updateOfflineScheduleSchema } from "@/lib/knowledge/schema.ts";

/** When work that nobody waits for may run: reading again, whole folders and sites, text recognition. */
export const GET = handle(
  { auth: "member", scope: "documents", response: offlineScheduleSchema },
  ({ principal }) => getOfflineSchedule(principal),
);

/** Pauses, resumes or schedules it for the organisation. */
export const PATCH = handle(
  {
    auth: "editor",
    scope: "documents",
    body: updateOfflineScheduleSchema,
    response: offlineScheduleSchema,
    limit: { name: "offline-work", perMinute: 60 },
  },
  ({ principal, body }) => updateOfflineSchedule(principal, body),
);
