import { describe, expect, it } from "vitest";
import { readSound } from "../test-fixtures.ts";

describe("reading AsciiDoc", () => {
  it("keeps the source and finds headings, lists, tables and code in it", async () => {
    const source =
      "= Manual\n\nIntro.\n\n== Parts\n\n* Seal\n* Ring\n\n|===\n|Part |Price\n|Seal |3\n|===\n\n----\n== no heading\n----\n";
    const file = await readSound("manual.adoc", source);
    expect(file).toMatchObject({ text: source, title: "Manual", mediaType: "text/asciidoc" });
    expect(file.headings.map(({ level, title }) => [level, title])).toEqual([
      [1, "Manual"],
      [2, "Parts"],
    ]);
    expect(file.blocks.map(({ kind }) => kind)).toEqual([
      "heading",
      "paragraph",
      "heading",
      "list",
      "list",
      "table",
      "table",
      "code",
    ]);
  });
});
