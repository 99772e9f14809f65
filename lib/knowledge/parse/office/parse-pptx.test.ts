import { describe, expect, it } from "vitest";
import { officeFile, placesOf, readSound, relationships } from "../test-fixtures.ts";

const words = (text: string, properties = "") =>
  `<a:p><a:pPr ${properties}/><a:r><a:t>${text}</a:t></a:r></a:p>`;
const shape = (type: string | null, ...paragraphs: string[]) =>
  `<p:sp><p:nvSpPr><p:nvPr>${type === null ? "" : `<p:ph type="${type}"/>`}</p:nvPr></p:nvSpPr><p:txBody>${paragraphs.join("")}</p:txBody></p:sp>`;
const slide = (...shapes: string[]) =>
  `<p:sld><p:cSld><p:spTree>${shapes.join("")}</p:spTree></p:cSld></p:sld>`;

describe("reading a presentation", () => {
  const table =
    '<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow="1"/>' +
    ["Part|Price", "Seal|3"]
      .map(
        (line) =>
          `<a:tr>${line
            .split("|")
            .map((cell) => `<a:tc><a:txBody>${words(cell)}</a:txBody></a:tc>`)
            .join("")}</a:tr>`,
      )
      .join("") +
    "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>";
  const file = officeFile("presentationml.presentation", "ppt/presentation.xml", {
    "ppt/presentation.xml":
      '<p:presentation><p:sldIdLst><p:sldId id="256" r:id="b"/><p:sldId id="257" r:id="a"/><p:sldId id="258" r:id="c"/></p:sldIdLst></p:presentation>',
    "ppt/_rels/presentation.xml.rels": relationships(
      ["a", "slide", "slides/slide1.xml"],
      ["b", "slide", "slides/slide2.xml"],
      ["c", "slide", "slides/slide3.xml"],
    ),
    "ppt/slides/slide1.xml": slide(table),
    "ppt/slides/slide2.xml": slide(
      shape("title", words("Our pumps")),
      shape("body", words("Old"), words("New", 'lvl="1"')),
      shape("sldNum", words("1")),
    ),
    "ppt/slides/_rels/slide2.xml.rels": relationships(["n", "notesSlide", "../notesSlides/notes1.xml"]),
    "ppt/notesSlides/notes1.xml": slide(shape("body", words("Say it slowly."))),
    "ppt/slides/slide3.xml": slide("<p:pic/>"),
  });

  it("takes the slides in the order they are shown, with titles, lists, tables and notes", async () => {
    const read = await readSound("pumps.pptx", file);
    expect(read.text).toBe("Our pumps\n\n- Old\n- New\n\nNotes: Say it slowly.\n\nPart | Price\nSeal | 3");
    expect(read.pages.map(({ label }) => label)).toEqual(["Slide 1", "Slide 2", "Slide 3"]);
    expect(read.headings).toMatchObject([{ title: "Our pumps" }]);
    expect(placesOf(read).at(-1)).toEqual(["Seal | 3", "slide 2, table 1, row 2"]);
  });

  it("lists slides that hold pictures only", async () => {
    expect((await readSound("pumps.pptx", file)).unreadablePages).toEqual([3]);
  });
});
