import { APICallError } from "ai";
import { describe, expect, it } from "vitest";
import { AppError } from "../shared/errors.ts";
import { toModelError } from "./model-error.ts";

function refusal(
  statusCode: number,
  code: string | null = null,
  responseHeaders: Record<string, string> = {},
) {
  return new APICallError({
    message: "refused",
    url: "http://127.0.0.1/v1/chat/completions",
    requestBodyValues: {},
    statusCode,
    responseHeaders,
    data: { error: { message: "refused", type: "some", param: null, code } },
  });
}

describe("an error of the model, as a person reads it", () => {
  it("names what happened by status and code", () => {
    for (const [error, code] of [
      [refusal(404), "model_unknown"],
      [refusal(429, "rate_limit_exceeded"), "rate_limited"],
      [refusal(429, "insufficient_quota"), "budget_spent"],
      [refusal(400, "content_filter"), "content_filtered"],
      [refusal(502, "upstream_unreachable"), "model_unavailable"],
      [refusal(503, "upstream_overloaded"), "model_unavailable"],
      [refusal(504), "model_timeout"],
      [refusal(502), "model_failed"],
      [new Error("socket closed"), "model_failed"],
      [new AppError("unavailable"), "unavailable"],
    ] as const) {
      expect(toModelError(error).code).toBe(code);
    }
  });

  it("says when to come back, when the router said so", () => {
    const wait = (headers: Record<string, string>) =>
      toModelError(refusal(429, null, headers)).retryAfterSeconds;
    expect(wait({ "retry-after": "12" })).toBe(12);
    expect(wait({ "retry-after": "1", "retry-after-ms": "700" })).toBe(0.7);
    expect(wait({})).toBeUndefined();
    expect(wait({ "retry-after": "Sat, 21 Nov 2026 13:00:00 GMT" })).toBeUndefined();
    expect(wait({ "retry-after": "0" })).toBeUndefined();
  });

  it("passes on what a limit of our own says, and says when waiting is of no use", () => {
    const budget = refusal(429, "insufficient_quota", { "x-vouch-limit": "user:monthlyBudgetMicros" });
    expect(toModelError(budget).message).toBe("refused");
    const own = toModelError(refusal(429, "insufficient_quota"));
    expect(own.message).toContain("The budget for this model is spent");
    const tooLarge = { "x-vouch-limit": "user:tokensPerMinute", "x-should-retry": "false" };
    expect(toModelError(refusal(429, "rate_limit_exceeded", tooLarge)).message).toContain(
      "larger than the limit",
    );
    const unpriced = toModelError(refusal(400, "model_unpriced"));
    expect(unpriced).toMatchObject({
      code: "budget_spent",
      message: expect.stringContaining("has no price"),
    });
    const tooOften = { "x-vouch-limit": "user:requestsPerMinute", "retry-after": "9" };
    expect(toModelError(refusal(429, "rate_limit_exceeded", tooOften)).message).toContain(
      "Too many requests",
    );
  });

  it("promises no moment when a budget is spent or the wait is longer than anyone waits", () => {
    const spent = refusal(429, "insufficient_quota", { "retry-after": "60" });
    expect(toModelError(spent).retryAfterSeconds).toBeUndefined();
    expect(toModelError(refusal(429, null, { "retry-after": "86400" })).retryAfterSeconds).toBeUndefined();
  });
});
