import { describe, expect, it } from "vitest";
import { placesOf, readSound, zipOf } from "../test-fixtures.ts";

const book = (parts: Record<string, string> = {}) =>
  zipOf({
    mimetype: "application/epub+zip",
    "META-INF/container.xml":
      '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
    "OPS/book.opf": `<package><metadata><dc:title>The Pump</dc:title></metadata><manifest>
      <item id="two" href="text/b%20two.xhtml" media-type="application/xhtml+xml"/><item id="one" href="text/a.xhtml" media-type="application/xhtml+xml"/>
      <item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>
      <spine><itemref idref="one"/><itemref idref="two"/><itemref idref="lost"/></spine></package>`,
    "OPS/toc.ncx":
      '<ncx><navMap><navPoint><navLabel><text>The  Beginning</text></navLabel><content src="text/a.xhtml#top"/></navPoint></navMap></ncx>',
    "OPS/text/a.xhtml":
      '<html><head><title/></head><body><a id="top"/><h1>I</h1><p>It was cold.</p></body></html>',
    "OPS/text/b two.xhtml": "<html><body><p>It was warm.</p></body></html>",
    ...parts,
  });

describe("reading a book", () => {
  it("gives its chapters in reading order, a page for each, by the names of the table of contents", async () => {
    const file = await readSound("pump.epub", book());
    expect(file).toMatchObject({
      title: "The Pump",
      text: "I\n\nIt was cold.\n\nIt was warm.",
      hasPages: true,
    });
    expect(file.pages.map(({ label }) => label)).toEqual(["Chapter The Beginning", "Chapter 2"]);
    expect(placesOf(file).at(-1)).toEqual(["It was warm.", "chapter 2, paragraph 1"]);
  });

  it("refuses a book whose text is encrypted, but not one whose fonts are", async () => {
    const encrypted = (name: string) => ({
      "META-INF/encryption.xml": `<encryption><EncryptedData><CipherData><CipherReference URI="${name}"/></CipherData></EncryptedData></encryption>`,
    });
    await expect(readSound("a.epub", book(encrypted("OPS/text/a.xhtml")))).rejects.toMatchObject({
      code: "document_encrypted",
    });
    expect((await readSound("b.epub", book(encrypted("OPS/fonts/a.otf")))).text).toContain("cold");
  });
});
