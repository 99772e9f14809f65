import { expect, test } from "vitest";
import { formatTraceParent, parseTraceParent } from "./trace-parent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

test("a caller's trace is read and written back in the same form", () => {
  const header = `00-${TRACE}-${SPAN}-01`;
  const context = parseTraceParent(header, "vendor=1,other=2");
  expect(context).toMatchObject({ traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true });
  expect(context?.traceState?.get("other")).toBe("2");
  expect(context === undefined ? "" : formatTraceParent(context)).toBe(header);
});

test("of the flags only the one for sampling is passed on", () => {
  const context = parseTraceParent(`00-${TRACE}-${SPAN}-fe`, undefined);
  expect(context === undefined ? "" : formatTraceParent(context)).toBe(`00-${TRACE}-${SPAN}-00`);
});

test("a later version may carry more", () => {
  expect(parseTraceParent(`cc-${TRACE}-${SPAN}-01-what-the-future-brings`, undefined)?.spanId).toBe(SPAN);
});

test.each([
  undefined,
  "",
  "garbage",
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE}-${SPAN}`,
  ` 00-${TRACE}-${SPAN}-01`,
])("%j begins a new trace", (header) => {
  expect(parseTraceParent(header, undefined)).toBeUndefined();
});

test("an overlong state is left behind", () => {
  const context = parseTraceParent(`00-${TRACE}-${SPAN}-01`, `vendor=${"x".repeat(600)}`);
  expect(context?.spanId).toBe(SPAN);
  expect(context?.traceState).toBeUndefined();
});
