import { expect, test } from "vitest";
import { readRetryAfterMs } from "./retry-after.ts";

const nowMs = Date.parse("2026-11-21T12:00:00Z");

test.each([
  [{ "retry-after-ms": "700" }, 700],
  [{ "x-ms-retry-after-ms": "250.5" }, 250.5],
  [{ "retry-after": "2" }, 2000],
  [{ "retry-after": "Sat, 21 Nov 2026 12:00:03 GMT" }, 3000],
  [{ "retry-after-ms": "100", "retry-after": "60" }, 100],
  [{ "retry-after-ms": "soon", "retry-after": "1" }, 1000],
])("%o asks for a wait of %d ms", (headers, expected) => {
  expect(readRetryAfterMs(headers, nowMs)).toBe(expected);
});

test.each([
  {},
  { "retry-after": "-1" },
  { "retry-after": "86400" },
  { "retry-after": "tomorrow" },
  { "retry-after": "Fri, 20 Nov 2026 12:00:00 GMT" },
])("%o names no wait worth believing", (headers) => {
  expect(readRetryAfterMs(headers, nowMs)).toBeUndefined();
});
