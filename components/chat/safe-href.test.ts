import { expect, test } from "vitest";
import { safeHref } from "@/components/chat/safe-href.ts";

test("web and mail addresses pass", () => {
  for (const address of ["https://example.org/a?b#c", "http://example.org", "mailto:someone@example.org"]) {
    expect(safeHref(address)).toBe(address);
  }
});

test("everything else is refused", () => {
  const refused = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "/api/x",
    "file:///etc",
    "",
  ];
  for (const address of refused) expect(safeHref(address)).toBe("");
});
