import { describe, expect, it } from "vitest";
import type { OfflineHours } from "../schema.ts";
import { isWithinHours, nextStart } from "./offline-schedule.ts";

const nights: OfflineHours = { timeZone: "Europe/Berlin", days: [1, 2, 3, 4, 5], from: "22:00", to: "06:00" };

describe("the next beginning of the hours", () => {
  it.each<[string, Partial<OfflineHours>, string, string]>([
    ["is today when it is still to come", {}, "2026-11-23T12:00:30Z", "2026-11-23T21:00:00Z"],
    ["passes over days without hours", {}, "2026-11-28T06:00:00Z", "2026-11-30T21:00:00Z"],
    [
      "is a week ahead when its only day just ended",
      { days: [1] },
      "2026-11-24T05:00:00Z",
      "2026-11-30T21:00:00Z",
    ],
    ["is in the zone's summer time", {}, "2026-07-06T12:00:00Z", "2026-07-06T20:00:00Z"],
    [
      "is right over the night in which clocks go forward",
      { days: [0, 1], from: "03:30" },
      "2026-03-28T12:00:00Z",
      "2026-03-29T01:30:00Z",
    ],
    [
      "is the moment after the jump when clocks jump over it",
      { days: [0], from: "02:30" },
      "2026-03-28T12:00:00Z",
      "2026-03-29T01:00:00Z",
    ],
    [
      "is right over the night in which clocks go back",
      { days: [0], from: "08:00", to: "09:00" },
      "2026-10-24T12:00:00Z",
      "2026-10-25T07:00:00Z",
    ],
    [
      "knows zones of half an hour",
      { timeZone: "Asia/Kolkata", days: [1] },
      "2026-11-23T12:00:00Z",
      "2026-11-23T16:30:00Z",
    ],
    [
      "is tomorrow when the hours of today are over",
      { days: [0, 1, 2, 3, 4, 5, 6], from: "01:00", to: "05:00" },
      "2026-11-23T12:00:00Z",
      "2026-11-24T00:00:00Z",
    ],
  ])("%s", (_what, change, now, expected) => {
    const hours = { ...nights, ...change };
    expect(isWithinHours(hours, new Date(now))).toBe(false);
    expect(nextStart(hours, new Date(now)).toISOString()).toBe(new Date(expected).toISOString());
    expect(isWithinHours(hours, new Date(expected))).toBe(true);
  });
});
