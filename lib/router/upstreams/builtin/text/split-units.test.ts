import { describe, expect, it } from "vitest";
import { collapseWhitespace, splitUnits } from "./split-units.ts";

const shapes = (text: string) => splitUnits(text).map((unit) => [unit.kind, unit.text]);

describe("splitUnits", () => {
  it("joins wrapped lines, and keeps an unmarked heading apart from the sentence below it", () => {
    const text = [
      "Cause of the leak",
      "The seal of the left pump had hardened over the winter and let water through whenever",
      "the engine ran above idle. Nobody had looked at it since the boat was bought from its",
      "first owner.",
      "Remedy",
      "Both seals were replaced.",
    ].join("\n");
    expect(shapes(text)).toEqual([
      ["heading", "Cause of the leak"],
      [
        "sentence",
        "The seal of the left pump had hardened over the winter and let water through whenever the engine ran above idle.",
      ],
      ["sentence", "Nobody had looked at it since the boat was bought from its first owner."],
      ["heading", "Remedy"],
      ["sentence", "Both seals were replaced."],
    ]);
  });

  it("keeps lines apart that were not broken by a margin", () => {
    expect(shapes("Overview\nThe desk sells tickets to all islands.\nBikes travel free")).toEqual([
      ["heading", "Overview"],
      ["sentence", "The desk sells tickets to all islands."],
      ["heading", "Bikes travel free"],
    ]);
  });

  it("reads Markdown: headings with their path, items without bullets, numbers kept, code apart", () => {
    const units = splitUnits(
      "# Manual\n## Start\n1. Press the key.\n2. Wait.\n- [ ] Check oil\n```\nlet a = 1;\n```\n> A note here.",
    );
    expect(units.map((unit) => [unit.kind, unit.number, unit.text])).toEqual([
      ["heading", "", "Manual"],
      ["heading", "", "Start"],
      ["item", "1.", "Press the key."],
      ["item", "2.", "Wait."],
      ["item", "", "Check oil"],
      ["code", "", "let a = 1;"],
      ["sentence", "", "A note here."],
    ]);
    expect(units[2]?.headings).toEqual(["Manual", "Start"]);
  });

  it("gives the rows of a table one block and no pipes at the ends", () => {
    const units = splitUnits("| Part | Price |\n| --- | --- |\n| Seal | 4.50 |");
    expect(units.map((unit) => [unit.kind, unit.text])).toEqual([
      ["row", "Part | Price"],
      ["row", "Seal | 4.50"],
    ]);
    expect(units[0]?.block).toBe(units[1]?.block);
  });

  it("reads a form: one field to a label, two columns apart, prose after a label as prose", () => {
    expect(shapes("Owner:    W. Aldana        Engine:     Diesel, 40 kW")).toEqual([
      ["field", "Owner: W. Aldana"],
      ["field", "Engine: Diesel, 40 kW"],
    ]);
    expect(shapes("Skipper: T. Moreau")).toEqual([["field", "Skipper: T. Moreau"]]);
    expect(shapes("Note: the harbour closes at ten.")[0]?.[0]).toBe("sentence");
  });

  it("takes a run of short lines for a form or a table, and its last for the heading of what follows", () => {
    expect(
      shapes(
        "Vessel Alma\nSurveyor Inge Holt\nDate of survey 4 May 2021\nFindings\nThe hull is sound. The mast is not.",
      ),
    ).toEqual([
      ["row", "Vessel Alma"],
      ["row", "Surveyor Inge Holt"],
      ["row", "Date of survey 4 May 2021"],
      ["heading", "Findings"],
      ["sentence", "The hull is sound."],
      ["sentence", "The mast is not."],
    ]);
  });

  it("passes over page numbers, also in the middle of a sentence", () => {
    expect(shapes("The pump was taken out and\nPage 2 of 4\nsent to the yard.")).toEqual([
      ["sentence", "The pump was taken out and Page 2 of 4 sent to the yard."],
    ]);
    expect(shapes("It was sent.\n\nPage 2 of 4\n\nIt came back.")).toHaveLength(2);
  });

  it("gives offsets under which each unit stands word for word", () => {
    const text = "# A b \n\n* one\n  two. Three\n\nLabel: value\n| x | y |\nLast  words\nhere.";
    for (const unit of splitUnits(text)) {
      expect(collapseWhitespace(text.slice(unit.start, unit.end))).toBe(unit.text);
    }
  });
});
