import { describe, expect, it } from "vitest";
import { placesOf, readSound } from "../test-fixtures.ts";

describe("reading a table of text", () => {
  it.each([
    ["comma", ","],
    ["semicolon", ";"],
    ["tab", "\t"],
    ["bar", "|"],
  ])("finds out that a %s divides the fields, and names each value", async (_, mark) => {
    const source = [
      ["Name", "Town", "Born"],
      ["Ann", '"Ulm, by the river"', "1990"],
      ["Bob", "", "1991"],
    ]
      .map((row) => row.join(mark))
      .join("\n");
    const file = await readSound("people.csv", source);
    expect(file.text).toBe(
      "Name | Town | Born\nName: Ann | Town: Ulm, by the river | Born: 1990\nName: Bob | Born: 1991",
    );
    expect(placesOf(file)[2]?.[1]).toBe("row 3");
  });

  it("names nothing where the first row is data like the others", async () => {
    expect((await readSound("n.csv", "1,2,3\n4,5,6")).text).toBe("1 | 2 | 3\n4 | 5 | 6");
  });

  it("keeps rows that are too short, too long, or hold line breaks and stray quotes", async () => {
    const file = await readSound(
      "odd.csv",
      'Name,Town,Born\nAnn\nBob,Ulm,1990,extra\n"Two\nlines",5" pipe,1\n',
    );
    expect(file.text).toBe(
      'Name | Town | Born\nName: Ann\nName: Bob | Town: Ulm | Born: 1990 | extra\nName: Two lines | Town: 5" pipe | Born: 1',
    );
  });

  it("divides a long table into pages of rows", async () => {
    const rows = Array.from({ length: 450 }, (_, index) => `${index},part ${index},${index}.5`);
    const file = await readSound("long.csv", ["Id,Name,Price", ...rows].join("\n"));
    expect(file.pages.map(({ label }) => label)).toEqual(["Rows 1–200", "Rows 201–400", "Rows 401–451"]);
    expect(file.text.slice(file.pages[1]?.start, file.pages[1]?.end)).toMatch(/^Id: 199 \| Name: part 199/);
  });
});
