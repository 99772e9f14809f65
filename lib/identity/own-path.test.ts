import { describe, expect, it } from "vitest";
import { ownPath } from "./own-path.ts";

const OWN = ["http://localhost:3000"];

describe("an address to return to", () => {
  it.each([
    ["/collections", "/collections"],
    ["/a?b=c#d", "/a?b=c#d"],
    ["http://localhost:3000/links", "/links"],
    ["relative", "/relative"],
  ])("keeps %s", (address, path) => {
    expect(ownPath(address, OWN)).toBe(path);
  });

  it.each([
    ["//evil.test"],
    ["///evil.test"],
    ["\\\\evil.test"],
    ["/\\evil.test"],
    ["/\t/evil.test"],
    ["https://evil.test/"],
    ["http://localhost:3000@evil.test/"],
    ["http://localhost:3000.evil.test/"],
    ["http://localhost:4000/"],
    ["javascript:alert(1)"],
    ["data:text/html,x"],
    ["http://"],
    [""],
    [null],
    [["/a"]],
    ["/.//evil.test"],
    ["http://localhost:3000//evil.test"],
  ])("leads home instead of to %j", (address) => {
    expect(ownPath(address, OWN)).toBe("/");
  });
});
