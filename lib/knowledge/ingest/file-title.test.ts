import { describe, expect, it } from "vitest";
import { describePages } from "./describe-pages.ts";
import { safeFileName, titleFromFileName } from "./file-title.ts";

describe("names of files", () => {
  it("become titles without folder, ending and underscores", () => {
    expect(titleFromFileName("reports/annual_report_2026.pdf")).toBe("annual report 2026");
    expect(titleFromFileName(".md")).toBe(".md");
    expect(titleFromFileName("v1.2 notes.md")).toBe("v1.2 notes");
  });

  it("cannot leave their folder, split a header or grow without end", () => {
    expect(safeFileName("../../etc/passwd")).toBe("passwd");
    expect(safeFileName('C:\\tmp\\a"b\r\nSet-Cookie: x.pdf')).toBe("a_b__Set-Cookie_ x.pdf");
    expect(safeFileName("..")).toBe("document");
    expect(safeFileName("")).toBe("document");
    const long = safeFileName(`${"😀".repeat(200)}.pdf`);
    expect(long.length).toBeLessThanOrEqual(182);
    expect(long.endsWith(".pdf")).toBe(true);
    expect(long.isWellFormed()).toBe(true);
  });
});

describe("describePages", () => {
  it("writes runs of pages as ranges", () => {
    expect(describePages([2, 5, 6, 7, 9])).toBe("2, 5-7, 9");
    expect(describePages([])).toBe("");
  });
});
