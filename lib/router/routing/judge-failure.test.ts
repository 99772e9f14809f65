import { expect, test } from "vitest";
import { upstreamFault } from "../upstreams/upstream-error.ts";
import { refusedByUpstream } from "../upstreams/upstream-refusal.ts";
import { judgeFailure } from "./judge-failure.ts";

const refused = (status: number, error: object = {}, headers: Record<string, string> = {}) =>
  judgeFailure(
    refusedByUpstream("u", status, JSON.stringify({ error: { message: "m", ...error } }), headers),
    0,
  );

test.each([500, 502, 503, 504, 520, 529, 408, 425])(
  "status %d is the target's fault and worth another try",
  (status) => {
    expect(refused(status)).toMatchObject({ isTargetFault: true, mayAskAgain: true, mayAskOther: true });
  },
);

test.each([400, 413, 422])("status %d is about the request and is asked nowhere again", (status) => {
  expect(refused(status)).toMatchObject({ isTargetFault: false, mayAskAgain: false, mayAskOther: false });
});

test.each([401, 403, 404])("status %d is about our account at one place: others are asked", (status) => {
  expect(refused(status)).toMatchObject({ isTargetFault: false, mayAskAgain: false, mayAskOther: true });
});

test("a rate limit rests its target as long as it asks, without counting as illness", () => {
  expect(refused(429, {}, { "retry-after-ms": "700" })).toMatchObject({
    isTargetFault: false,
    isRateLimit: true,
    waitMs: 700,
    mayAskAgain: true,
  });
});

test("a spent quota rests its target for a minute", () => {
  expect(refused(429, { code: "insufficient_quota" })).toMatchObject({
    mayAskAgain: false,
    mayAskOther: true,
    waitMs: 60_000,
  });
});

test("a content filter's refusal is known as one and asked nowhere else by itself", () => {
  expect(refused(400, { code: "content_filter" })).toMatchObject({
    isContentFilter: true,
    mayAskOther: false,
  });
});

test("a place that kept silent is not asked again, another is; a spent total time ends the search", () => {
  expect(judgeFailure(upstreamFault("first_token_timeout", "u"), 0)).toMatchObject({
    mayAskAgain: false,
    mayAskOther: true,
  });
  expect(judgeFailure(upstreamFault("total_timeout", "u"), 0)).toMatchObject({
    isTargetFault: true,
    mayAskOther: false,
  });
  expect(judgeFailure(upstreamFault("cancelled", "u"), 0)).toMatchObject({ isTargetFault: false });
});
