import type { OfflineHours, OfflineSchedule } from "@/lib/knowledge/schema.ts";

/** Days of the week as people here write them, Monday first; numbers as the schedule has them. */
export const WEEK = [
  { day: 1, name: "Monday", short: "Mon" },
  { day: 2, name: "Tuesday", short: "Tue" },
  { day: 3, name: "Wednesday", short: "Wed" },
  { day: 4, name: "Thursday", short: "Thu" },
  { day: 5, name: "Friday", short: "Fri" },
  { day: 6, name: "Saturday", short: "Sat" },
  { day: 0, name: "Sunday", short: "Sun" },
] as const;

/** "Mon to Fri", "Sat, Sun", "every day". */
export function dayListWords(days: readonly number[]): string {
  const chosen = WEEK.filter(({ day }) => days.includes(day));
  if (chosen.length === WEEK.length) return "every day";
  const places = chosen.map(({ day }) => WEEK.findIndex((known) => known.day === day));
  const [first = 0] = places;
  const isRow = places.every((place, index) => place === first + index);
  if (isRow && chosen.length > 2) return `${chosen[0]?.short} to ${chosen.at(-1)?.short}`;
  return chosen.map(({ short }) => short).join(", ");
}

/** "Mon to Fri, 22:00 to 06:00 the next day (Europe/Berlin)". */
export function hoursWords({ days, from, to, timeZone }: OfflineHours): string {
  return `${dayListWords(days)}, ${from} to ${to}${to <= from ? " the next day" : ""} (${zoneWords(timeZone)})`;
}

/** "America/New York": names of zones without their underscores. */
export function zoneWords(timeZone: string): string {
  return timeZone.replaceAll("_", " ");
}

/** How background work stands, in a word and a sentence. */
export interface StandWords {
  readonly state: "Running" | "Resting" | "Paused";
  readonly tone: "good" | "neutral" | "warn";
  readonly sentence: string;
}

/** Whether background work may be done now, and why not. */
export function standWords({ isPaused, isOpen, hours }: OfflineSchedule): StandWords {
  if (isPaused) {
    const sentence = "Background work is paused for the whole organisation. New uploads are still read.";
    return { state: "Paused", tone: "warn", sentence };
  }
  if (!isOpen && hours !== null) {
    const sentence = `Background work rests until its hours begin: ${hoursWords(hours)}.`;
    return { state: "Resting", tone: "neutral", sentence };
  }
  const when = hours === null ? "at any hour" : `in these hours: ${hoursWords(hours)}`;
  return {
    state: "Running",
    tone: "good",
    sentence: `Background work is done when nobody waits for anything, ${when}.`,
  };
}

/** "Monday 23 November, 22:00" as clocks of a time zone show it. */
export function momentWords(isoTime: string, timeZone: string | undefined): string {
  const format = {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
  } as const;
  return new Date(isoTime).toLocaleString("en-GB", { ...format, timeZone }).replace(" at ", ", ");
}

/** "12 documents wait". */
export function waitingWords(count: number): string {
  if (count === 0) return "No documents";
  return count === 1 ? "1 document" : `${count} documents`;
}

/** Every time zone this browser knows, the given ones among them. */
export function timeZones(...needed: readonly string[]): readonly string[] {
  return [...new Set(["UTC", ...needed, ...Intl.supportedValuesOf("timeZone")])].sort();
}
