import { describe, expect, it } from "vitest";
import { placesOf, readSound, zipOf } from "../test-fixtures.ts";

const open = (kind: string, body: string) =>
  zipOf({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    "content.xml": `<office:document-content><office:body>${body}</office:body></office:document-content>`,
  });

describe("reading OpenDocument files", () => {
  it("gives headings, lists, tables, notes and marked comments of a text", async () => {
    const body = `<office:text>
      <text:h text:outline-level="2">Pumps</text:h>
      <text:p>One<text:s text:c="2"/>two<text:note text:note-class="footnote"><text:note-body><text:p>See there.</text:p></text:note-body></text:note></text:p>
      <text:list><text:list-item><text:p>Seal</text:p><text:list><text:list-item><text:p>Ring</text:p></text:list-item></text:list></text:list-item></text:list>
      <table:table><table:table-row><table:table-cell><text:p>Part</text:p></table:table-cell><table:table-cell><text:p>Price</text:p></table:table-cell></table:table-row>
        <table:table-row><table:table-cell><text:p>Seal</text:p></table:table-cell><table:table-cell><text:p>3</text:p></table:table-cell></table:table-row></table:table>
      <text:p>End<office:annotation><dc:creator>Ann</dc:creator><text:p>Why?</text:p></office:annotation></text:p></office:text>`;
    const file = await readSound("pumps.odt", open("text", body));
    expect(file.text).toBe(
      "Pumps\n\nOne two\n\nSee there.\n\n- Seal\n- Ring\n\nPart | Price\nSeal | 3\n\nEnd\n\nComment by Ann: Why?",
    );
    expect(file.headings).toMatchObject([{ level: 2, title: "Pumps" }]);
    expect(placesOf(file)[2]).toEqual(["See there.", "footnote"]);
  });

  it("gives the rows of a spreadsheet as it shows them, without the emptiness that fills it", async () => {
    const cells = (...values: string[]) =>
      values
        .map(
          (value) =>
            `<table:table-cell office:value-type="string"><text:p>${value}</text:p></table:table-cell>`,
        )
        .join("");
    const body = `<office:spreadsheet><table:table table:name="Parts">
      <table:table-row>${cells("Part", "Size", "Price")}</table:table-row>
      <table:table-row>${cells("Seal", "small", "3.00")}<table:table-cell table:number-columns-repeated="1000"/></table:table-row>
      <table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1000"/></table:table-row></table:table></office:spreadsheet>`;
    const file = await readSound("parts.ods", open("spreadsheet", body));
    expect(file.text).toBe("Parts\n\nPart | Size | Price\nPart: Seal | Size: small | Price: 3.00");
    expect(placesOf(file).at(-1)?.[1]).toBe("Parts!A2:C2");
  });

  it("refuses a file that is encrypted", async () => {
    const file = zipOf({
      mimetype: "application/vnd.oasis.opendocument.text",
      "META-INF/manifest.xml": "<manifest><encryption-data/></manifest>",
      "content.xml": "garbage",
    });
    await expect(readSound("secret.odt", file)).rejects.toMatchObject({ code: "document_encrypted" });
  });
});
