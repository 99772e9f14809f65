import { recordAudit } from "../../identity/index.ts";
import type { Principal } from "../../identity/schema.ts";
import type { TenantScope } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import {
  findOfflineSchedule,
  findOfflineSchedules,
  type StoredSchedule,
  saveOfflineSchedule,
} from "../queries/offline-schedules.ts";
import type { OfflineHours, OfflineSchedule, UpdateOfflineSchedule } from "../schema.ts";
import { wakeIngestion } from "./wake.ts";

const DAY_NAMES = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** True when a moment lies in the hours; hours that end on the next day belong to the day they began on. */
export function isWithinHours(hours: OfflineHours, now: Date): boolean {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: hours.timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((candidate) => candidate.type === type)?.value ?? "";
  const today = DAY_NAMES.indexOf(part("weekday"));
  const minute = Number(part("hour")) * 60 + Number(part("minute"));
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)];
  if (from < to) return hours.days.includes(today) && minute >= from && minute < to;
  const yesterday = (today + 6) % 7;
  return (hours.days.includes(today) && minute >= from) || (hours.days.includes(yesterday) && minute < to);
}

function isOpen(schedule: StoredSchedule, now: Date): boolean {
  return !schedule.isPaused && (schedule.hours === null || isWithinHours(schedule.hours, now));
}

/** Whether the offline work of an organisation may run now; long work asks again between its parts. */
export async function isOfflineOpen(scope: TenantScope, now: Date = new Date()): Promise<boolean> {
  return isOpen(await findOfflineSchedule(scope), now);
}

/** The organisations whose offline work has to wait now. */
export async function findClosedOrganisations(now: Date = new Date()): Promise<readonly string[]> {
  const schedules = await findOfflineSchedules();
  return schedules.filter((schedule) => !isOpen(schedule, now)).map(({ orgId }) => orgId);
}

/** When the offline work of the principal's organisation runs; every member may know. */
export async function getOfflineSchedule(principal: Principal): Promise<OfflineSchedule> {
  const schedule = await findOfflineSchedule(principal);
  return { ...schedule, isOpen: isOpen(schedule, new Date()) };
}

/**
 * Pauses, resumes or schedules offline work. What runs stops at the end of its present part.
 *
 * @throws AppError `forbidden` for anybody but editors and administrators.
 */
export async function updateOfflineSchedule(
  principal: Principal,
  change: UpdateOfflineSchedule,
): Promise<OfflineSchedule> {
  if (principal.role === "member") throw new AppError("forbidden");
  const known = await findOfflineSchedule(principal);
  const hours = change.hours === undefined ? known.hours : change.hours;
  const schedule = { isPaused: change.isPaused ?? known.isPaused, hours };
  await saveOfflineSchedule(principal, schedule, (transaction) =>
    recordAudit(transaction, principal, {
      action: "offline-work.schedule",
      subjectType: "organisation",
      subjectId: principal.orgId,
      detail: { isPaused: schedule.isPaused, hours: hours === null ? null : `${hours.from}-${hours.to}` },
    }),
  );
  wakeIngestion();
  return getOfflineSchedule(principal);
}
