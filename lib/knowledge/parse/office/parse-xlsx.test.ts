import { describe, expect, it } from "vitest";
import { placeOf } from "../place-of.ts";
import { officeFile, placesOf, readSound, relationships } from "../test-fixtures.ts";

const text = (reference: string, words: string) =>
  `<c r="${reference}" t="inlineStr"><is><t>${words}</t></is></c>`;
const number = (reference: string, value: number, style = 0) =>
  `<c r="${reference}" s="${style}"><v>${value}</v></c>`;
const row = (index: number, ...cells: string[]) => `<row r="${index}">${cells.join("")}</row>`;

function xlsx(sheets: Record<string, string>): Uint8Array {
  const names = Object.keys(sheets);
  return officeFile("spreadsheetml.sheet", "xl/workbook.xml", {
    "xl/workbook.xml": `<workbook><sheets>${names.map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="s${index}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relationships(
      ["st", "styles", "styles.xml"],
      ["ss", "sharedStrings", "sharedStrings.xml"],
      ...names.map((_, index) => [`s${index}`, "worksheet", `worksheets/sheet${index + 1}.xml`] as const),
    ),
    "xl/styles.xml":
      '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="#,##0.00 [$€-407]"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="9"/></cellXfs></styleSheet>',
    "xl/sharedStrings.xml": "<sst><si><t>shared</t></si><si><r><t>in </t></r><r><t>parts</t></r></si></sst>",
    ...Object.fromEntries(
      Object.values(sheets).map((rows, index) => [
        `xl/worksheets/sheet${index + 1}.xml`,
        `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
      ]),
    ),
  });
}

describe("reading a workbook", () => {
  it("writes rows with the names of their columns, and values as the cells show them", async () => {
    const rows = [
      row(3, text("B3", "Day"), text("C3", "Cost"), text("D3", "Share")),
      row(4, number("B4", 45_000, 1), number("C4", 1234.5, 2), number("D4", 0.25, 3)),
      row(5, number("B5", 45_001, 1), number("D5", 1, 3)),
    ];
    const file = await readSound("costs.xlsx", xlsx({ Costs: rows.join("") }));
    expect(file.text).toBe(
      "Costs\n\nDay | Cost | Share\nDay: 2023-03-15 | Cost: 1,234.50 € | Share: 25%\nDay: 2023-03-16 | Share: 100%",
    );
    expect(placesOf(file).at(-1)).toEqual(["Day: 2023-03-16 | Share: 100%", "Costs!B5:D5"]);
  });

  it("names the cell of every value, and the sheet as page", async () => {
    const rows = [
      row(1, text("A1", "Name"), text("B1", "Town"), text("C1", "Born")),
      row(2, text("A2", "Ann"), text("B2", "Ulm"), number("C2", 1990)),
    ];
    const file = await readSound(
      "people.xlsx",
      xlsx({ People: rows.join(""), "Second one": row(1, text("A1", "Alone")) }),
    );
    expect(placeOf(file, file.text.indexOf("Ulm"))).toBe("People!B2");
    expect(placeOf(file, file.text.indexOf("1990"))).toBe("People!C2");
    expect(file.pages.map(({ label }) => label)).toEqual(["Sheet People", "Sheet Second one"]);
    expect(file.hasPages).toBe(true);
  });

  it("puts no names before the values of two columns, which may be names themselves", async () => {
    const rows = [
      row(1, text("A1", "Name"), text("B1", "Ann")),
      row(2, text("A2", "Town"), text("B2", "Ulm")),
    ];
    expect((await readSound("form.xlsx", xlsx({ Form: rows.join("") }))).text).toBe(
      "Form\n\nName | Ann\nTown | Ulm",
    );
  });

  it("reads shared strings, also those in parts", async () => {
    const rows = row(
      1,
      '<c r="A1" t="s"><v>0</v></c>',
      '<c r="B1" t="s"><v>1</v></c>',
      '<c r="C1" t="b"><v>1</v></c>',
    );
    expect((await readSound("shared.xlsx", xlsx({ S: rows }))).text).toBe("S\n\nshared | in parts | TRUE");
  });
});
