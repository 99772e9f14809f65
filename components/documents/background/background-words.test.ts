import { describe, expect, it } from "vitest";
import type { OfflineHours, OfflineSchedule } from "@/lib/knowledge/schema.ts";
import {
  dayListWords,
  hoursWords,
  momentWords,
  standWords,
  timeZones,
  waitingWords,
} from "./background-words.ts";

const nights: OfflineHours = {
  timeZone: "America/New_York",
  days: [1, 2, 3, 4, 5],
  from: "22:00",
  to: "06:00",
};
const schedule = (change: Partial<OfflineSchedule>): OfflineSchedule => ({
  isPaused: false,
  hours: nights,
  isOpen: true,
  nextStartAt: null,
  waitingDocuments: 0,
  ...change,
});

describe("background work in words", () => {
  it("names days as a row, one by one, or all of them, in the order of the week", () => {
    expect(dayListWords([5, 4, 3, 2, 1])).toBe("Mon to Fri");
    expect(dayListWords([0, 6])).toBe("Sat, Sun");
    expect(dayListWords([0, 1, 3])).toBe("Mon, Wed, Sun");
    expect(dayListWords([0, 1, 2, 3, 4, 5, 6])).toBe("every day");
  });

  it("says when the hours end on the next day, and in which zone they are", () => {
    expect(hoursWords(nights)).toBe("Mon to Fri, 22:00 to 06:00 the next day (America/New York)");
    expect(hoursWords({ ...nights, from: "08:00", to: "17:30" })).toContain("08:00 to 17:30 (");
  });

  it("says whether it runs, rests or is paused, and why", () => {
    expect(standWords(schedule({ hours: null })).sentence).toContain("at any hour");
    expect(standWords(schedule({})).state).toBe("Running");
    expect(standWords(schedule({ isOpen: false }))).toMatchObject({
      state: "Resting",
      sentence: expect.stringContaining("22:00 to 06:00"),
    });
    // A pause is the reason also within the hours.
    expect(standWords(schedule({ isOpen: false, isPaused: true })).state).toBe("Paused");
  });

  it("shows a moment by the clocks of the zone", () => {
    expect(momentWords("2026-11-24T03:00:00Z", "America/New_York")).toBe("Monday 23 November, 22:00");
    expect(momentWords("2026-11-24T03:00:00Z", "Europe/Berlin")).toBe("Tuesday 24 November, 04:00");
  });

  it("counts what waits", () => {
    expect([0, 1, 2].map(waitingWords)).toEqual(["No documents", "1 document", "2 documents"]);
  });

  it("offers a zone that is chosen though the browser has no such name", () => {
    expect(timeZones("Etc/GMT+5")).toEqual(expect.arrayContaining(["Etc/GMT+5", "UTC", "Europe/Berlin"]));
  });
});
