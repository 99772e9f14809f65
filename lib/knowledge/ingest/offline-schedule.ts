import { recordAudit } from "../../identity/index.ts";
import type { Principal } from "../../identity/schema.ts";
import type { TenantScope } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import {
  countWaitingOffline,
  findOfflineSchedule,
  findOfflineSchedules,
  type StoredSchedule,
  saveOfflineSchedule,
} from "../queries/offline-schedules.ts";
import type { OfflineHours, OfflineSchedule, UpdateOfflineSchedule } from "../schema.ts";
import { wakeIngestion } from "./wake.ts";

const DAY_NAMES = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Day of the week (0 Sunday) and minute of the day that clocks of a time zone show. */
function clockOf(timeZone: string): (moment: Date) => { readonly day: number; readonly minute: number } {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return (moment) => {
    const parts = format.formatToParts(moment);
    const part = (type: Intl.DateTimeFormatPartTypes) =>
      parts.find((candidate) => candidate.type === type)?.value ?? "";
    return {
      day: DAY_NAMES.indexOf(part("weekday")),
      minute: Number(part("hour")) * 60 + Number(part("minute")),
    };
  };
}

/** True when a moment lies in the hours; hours that end on the next day belong to the day they began on. */
export function isWithinHours(
  hours: OfflineHours,
  now: Date,
  clock: ReturnType<typeof clockOf> = clockOf(hours.timeZone),
): boolean {
  const { day: today, minute } = clock(now);
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)];
  if (from < to) return hours.days.includes(today) && minute >= from && minute < to;
  const yesterday = (today + 6) % 7;
  return (hours.days.includes(today) && minute >= from) || (hours.days.includes(yesterday) && minute < to);
}

/**
 * When the hours begin next, to the minute: the first moment after now that lies in them. Where clocks are put forward
 * over the beginning, that is the moment after the jump. Call it while they are closed.
 */
export function nextStart(hours: OfflineHours, now: Date): Date {
  const clock = clockOf(hours.timeZone);
  const isOpenAt = (time: number) => isWithinHours(hours, new Date(time), clock);
  const from = minutesOf(hours.from);
  let time = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
  for (let leap = 0; leap < 20; leap += 1) {
    // To the clock's next `from`. A change of clocks in between makes this miss by an hour at most, found below.
    const ahead = (from - clock(new Date(time)).minute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
    time += ahead * MINUTE_MS;
    if (!isOpenAt(time) && isOpenAt(time + 60 * MINUTE_MS)) time += 60 * MINUTE_MS;
    if (!isOpenAt(time)) continue;
    while (time - MINUTE_MS > now.getTime() && isOpenAt(time - MINUTE_MS)) time -= MINUTE_MS;
    return new Date(time);
  }
  throw new Error("hours without a beginning");
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

/**
 * When the offline work of the principal's organisation runs; every member may know. How much waits is told to those who
 * schedule it: it counts documents of every collection.
 */
export async function getOfflineSchedule(
  principal: Principal,
  now: Date = new Date(),
): Promise<OfflineSchedule> {
  const schedule = await findOfflineSchedule(principal);
  const { isPaused, hours } = schedule;
  const isRunning = isOpen(schedule, now);
  return {
    ...schedule,
    isOpen: isRunning,
    nextStartAt: isRunning || isPaused || hours === null ? null : nextStart(hours, now).toISOString(),
    waitingDocuments: principal.role === "member" ? null : await countWaitingOffline(principal),
  };
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
