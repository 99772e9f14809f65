import { describe, expect, it } from "vitest";
import { normaliseEmail } from "./normalise-email.ts";

describe("an e-mail address", () => {
  it.each([
    ["  Ada@Example.TEST ", "ada@example.test"],
    ["ａｄａ＠example.test", "ada@example.test"],
    ["admin@vouch.localhost", "admin@vouch.localhost"],
  ])("%j is stored as %s", (text, email) => {
    expect(normaliseEmail(text)).toBe(email);
  });

  it.each([
    [""],
    ["ada"],
    ["a@b.test,c@d.test"],
    ["ada@example.test\nBcc: x@y.test"],
    [`${"a".repeat(260)}@b.test`],
  ])("%j is none", (text) => {
    expect(normaliseEmail(text)).toBeNull();
  });
});
