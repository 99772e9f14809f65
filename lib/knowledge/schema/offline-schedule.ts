import { z } from "zod";

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const clockTimeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "A time of day, 00:00 to 23:59.");

/** Hours of the week in which offline work may run. */
export const offlineHoursSchema = z.strictObject({
  /** IANA name, e.g. `Europe/Berlin`. */
  timeZone: z.string().max(64).refine(isTimeZone, "No time zone of this name is known."),
  /** Days on which the hours begin, 0 Sunday to 6 Saturday. */
  days: z.array(z.number().int().min(0).max(6)).min(1).max(7),
  from: clockTimeSchema,
  /** An end at or before the beginning is on the next day. */
  to: clockTimeSchema,
});
export type OfflineHours = z.infer<typeof offlineHoursSchema>;

/** When an organisation's offline work runs: imports, re-reading, new vectors, text recognition. */
export const offlineScheduleSchema = z.strictObject({
  isPaused: z.boolean(),
  /** Null: at any hour. */
  hours: offlineHoursSchema.nullable(),
  /** Whether it may run now. */
  isOpen: z.boolean(),
  /** When its hours begin next, while it rests for them; null when it runs, is paused or has no hours. */
  nextStartAt: z.iso.datetime().nullable(),
  /** Documents of the organisation that wait for it; null for those who do not schedule it. */
  waitingDocuments: z.number().int().nullable(),
});
export type OfflineSchedule = z.infer<typeof offlineScheduleSchema>;

/** A change of the schedule; what is missing stays. */
export const updateOfflineScheduleSchema = z
  .strictObject({ isPaused: z.boolean(), hours: offlineHoursSchema.nullable() })
  .partial();
export type UpdateOfflineSchedule = z.infer<typeof updateOfflineScheduleSchema>;
