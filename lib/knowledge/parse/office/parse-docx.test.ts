import { describe, expect, it } from "vitest";
import { officeFile, placesOf, readSound, relationships } from "../test-fixtures.ts";

const STYLES = `<w:styles>
  <w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>
  <w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Chapter"/><w:basedOn w:val="H1"/></w:style>
</w:styles>`;
const NUMBERING = `<w:numbering>
  <w:abstractNum w:abstractNumId="0">
    <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
    <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
  </w:abstractNum>
  <w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num>
</w:numbering>`;

const paragraph = (text: string, properties = "") =>
  `<w:p><w:pPr>${properties}</w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;
const item = (text: string, level = 0) =>
  paragraph(text, `<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="7"/></w:numPr>`);
const cell = (text: string, properties = "") =>
  `<w:tc><w:tcPr>${properties}</w:tcPr>${paragraph(text)}</w:tc>`;

function docx(body: string, parts: Record<string, string> = {}): Uint8Array {
  return officeFile("wordprocessingml.document", "word/document.xml", {
    "word/document.xml": `<w:document><w:body>${body}</w:body></w:document>`,
    "word/styles.xml": STYLES,
    "word/numbering.xml": NUMBERING,
    "word/_rels/document.xml.rels": relationships(
      ["r1", "styles", "styles.xml"],
      ["r2", "numbering", "numbering.xml"],
      ["r3", "comments", "comments.xml"],
      ["r4", "footnotes", "footnotes.xml"],
    ),
    ...parts,
  });
}

describe("reading a Word file", () => {
  it("gives headings by their style, whatever it is based on, and lists with the numbers a reader sees", async () => {
    const body = [
      paragraph("Pumps", '<w:pStyle w:val="Own"/>'),
      paragraph("They &amp; their parts."),
      item("Seal"),
      item("Ring", 1),
      item("Screw", 1),
      item("Shaft"),
    ];
    const file = await readSound("pumps.docx", docx(body.join("")));
    expect(file.text).toBe("Pumps\n\nThey & their parts.\n\n1. Seal\n1.a) Ring\n1.b) Screw\n2. Shaft");
    expect(file.headings).toMatchObject([{ title: "Pumps", level: 1 }]);
    expect(placesOf(file)[2]).toEqual(["1. Seal", "paragraph 3"]);
  });

  it("keeps tables row by row, and repeats cells that are merged downwards", async () => {
    const rows = [
      [cell("Part"), cell("Size"), cell("Price")],
      [cell("Seal", '<w:vMerge w:val="restart"/>'), cell("small"), cell("3.00")],
      [cell("", "<w:vMerge/>"), cell("large"), cell("4.50")],
    ];
    const body = `<w:tbl>${rows.map((cells) => `<w:tr>${cells.join("")}</w:tr>`).join("")}</w:tbl>`;
    const file = await readSound("prices.docx", docx(body));
    expect(file.text).toBe("Part | Size | Price\nSeal | small | 3.00\nSeal | large | 4.50");
    expect(placesOf(file)[2]).toEqual(["Seal | large | 4.50", "table 1, row 3"]);
    expect(file.blocks[2]?.header).toEqual([0, 19]);
  });

  it("reads text boxes once, footnotes, formulas and inserted text, but not what was deleted", async () => {
    const box = `<w:txbxContent>${paragraph("In a box")}</w:txbxContent>`;
    const formula =
      "<m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>c</m:t></m:r></m:den></m:f></m:oMath>";
    const body = [
      `<w:p><w:r><w:t>Before</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>${box}</mc:Choice><mc:Fallback>${box}</mc:Fallback></mc:AlternateContent></w:r></w:p>`,
      "<w:p><w:ins><w:r><w:t>New </w:t></w:r></w:ins><w:del><w:r><w:delText>old </w:delText></w:r></w:del><w:r><w:t>words</w:t></w:r></w:p>",
      `<w:p><w:r><w:t>It is</w:t></w:r>${formula}</w:p>`,
    ];
    const footnotes = `<w:footnotes><w:footnote w:type="separator" w:id="0">${paragraph("x")}</w:footnote><w:footnote w:id="1">${paragraph("See there.")}</w:footnote></w:footnotes>`;
    const file = await readSound("notes.docx", docx(body.join(""), { "word/footnotes.xml": footnotes }));
    expect(file.text).toBe("Before\n\nIn a box\n\nNew words\n\nIt is (a+b)/c\n\nSee there.");
    expect(placesOf(file).map(([, label]) => label)).toEqual([
      "paragraph 1",
      "text box 1",
      "paragraph 3",
      "paragraph 4",
      "footnote 1",
    ]);
  });

  it("puts comments at the end, marked as such, with the place they belong to", async () => {
    const body = `<w:p><w:r><w:t>The price is final.</w:t></w:r><w:r><w:commentReference w:id="5"/></w:r></w:p>`;
    const comments = `<w:comments><w:comment w:id="5" w:author="Ann">${paragraph("Is it?")}</w:comment></w:comments>`;
    const file = await readSound("offer.docx", docx(body, { "word/comments.xml": comments }));
    expect(placesOf(file)).toEqual([
      ["The price is final.", "paragraph 1"],
      ["Comment by Ann: Is it?", "comment on paragraph 1"],
    ]);
  });
});
