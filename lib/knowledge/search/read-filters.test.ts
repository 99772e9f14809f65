import { describe, expect, it } from "vitest";
import { readFilters } from "./read-filters.ts";

describe("readFilters", () => {
  it("reads operators and takes them out of the question", () => {
    const { rest, titles, types, dates } = readFilters(
      'notice period title:"Lease 7" type:pdf from:2024-01 to:2024-03-15',
    );
    expect(rest).toBe("notice period");
    expect(titles).toEqual(["Lease 7"]);
    expect(types.map(({ name }) => name)).toEqual(["PDF"]);
    expect(dates).toEqual({ from: "2024-01-01", to: "2024-03-15" });
  });

  it("reads places to look in, and leaves a matter alone", () => {
    expect(readFilters("which prices are in the spreadsheets?").types[0]?.name).toBe("spreadsheet");
    expect(readFilters("what was uploaded in 2024 about pumps").dates).toEqual({
      from: "2024-01-01",
      to: "2024-12-31",
    });
    expect(readFilters("uploaded before 2024-05-12").dates).toEqual({ to: "2024-05-11" });
    for (const query of [
      "how do I make a PDF?",
      "revenue in 2023",
      "an email about the pump",
      "ratio 3:4 at 12:30",
    ]) {
      expect(readFilters(query)).toEqual({ rest: query, titles: [], types: [], dates: null });
    }
  });

  it("leaves in the question what it cannot read", () => {
    expect(readFilters("type:unheard from:tomorrow to:2024-02-31 pump").rest).toBe(
      "type:unheard from:tomorrow to:2024-02-31 pump",
    );
  });
});
