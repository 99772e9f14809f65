import { expect, test } from "vitest";
import { dayWords, sizeWords } from "@/components/ui/format.ts";

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1000, "1 kB"],
  [411_700, "412 kB"],
  [999_900, "1.0 MB"],
  [1_340_000, "1.3 MB"],
  [25_000_000, "25 MB"],
  [3_000_000_000_000, "3000 GB"],
])("%d bytes read as %s", (sizeBytes, words) => {
  expect(sizeWords(sizeBytes)).toBe(words);
});

test("days are written out", () => {
  expect(dayWords("2026-05-03T12:00:00Z")).toBe("3 May 2026");
});
