import { describe, expect, it } from "vitest";
import { isId } from "../../shared/ids.ts";
import { requestIdFrom } from "./request-id.ts";

describe("a request's id", () => {
  it("is the caller's when it is a sane token", () => {
    expect(requestIdFrom("trace-0123456789.abc_DEF")).toBe("trace-0123456789.abc_DEF");
  });

  it.each([
    [null],
    [""],
    ["short"],
    ["a".repeat(65)],
    ["has space 12"],
    ["line\nbreak-12"],
    ["<script>alert"],
  ])("is made new instead of %j", (presented) => {
    expect(isId(requestIdFrom(presented))).toBe(true);
  });
});
