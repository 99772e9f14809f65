import { expect, test } from "vitest";
import { groupByDate } from "@/components/shell/group-by-date.ts";
import { newId } from "@/lib/shared/ids.ts";

const NOW = new Date(2026, 5, 15, 0, 30);

function changed(...at: [number, number, number, number?, number?]) {
  const time = new Date(at[0], at[1], at[2], at[3] ?? 12, at[4] ?? 0).toISOString();
  return { id: newId(), title: time, createdAt: time, updatedAt: time };
}

test("conversations fall into calendar days, newest first", () => {
  const today = changed(2026, 5, 15, 0, 5);
  const lateYesterday = changed(2026, 5, 14, 23, 59);
  const week = changed(2026, 5, 8);
  const old = changed(2026, 5, 7);
  const earlierWeek = changed(2026, 5, 13);
  const groups = groupByDate([old, week, earlierWeek, today, lateYesterday], NOW);
  expect(
    groups.map((group) => [group.name, group.conversations.map((conversation) => conversation.id)]),
  ).toEqual([
    ["Today", [today.id]],
    ["Yesterday", [lateYesterday.id]],
    ["Previous 7 days", [earlierWeek.id, week.id]],
    ["Older", [old.id]],
  ]);
});

test("a clock that runs ahead still means today", () => {
  expect(groupByDate([changed(2026, 5, 16)], NOW)[0]?.name).toBe("Today");
});

test("nothing gives no groups", () => {
  expect(groupByDate([], NOW)).toEqual([]);
});
