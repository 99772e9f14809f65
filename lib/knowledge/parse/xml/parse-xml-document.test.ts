import { describe, expect, it } from "vitest";
import { readSound } from "../test-fixtures.ts";

describe("reading XML", () => {
  it("reads an article by title, authors, abstract, sections, tables and references", async () => {
    const source = `<?xml version="1.0"?><!DOCTYPE article [<!ENTITY x "expanded">]><article><front><article-meta>
      <article-id>doi</article-id><title-group><article-title>On <italic>Pumps</italic></article-title></title-group>
      <contrib-group><contrib><name><surname>Lee</surname><given-names>Ann</given-names></name></contrib></contrib-group>
      <pub-date><day>5</day><month>3</month><year>2024</year></pub-date><abstract><p>They leak &x;.</p></abstract></article-meta></front>
      <body><sec><title>Method</title><p>We looked<xref>[1]</xref>.</p>
      <table-wrap><label>Table 1</label><caption><p>Parts</p></caption><table><thead><tr><th>Part</th><th>Price</th></tr></thead><tbody><tr><td>Seal</td><td>3</td></tr></tbody></table></table-wrap></sec></body>
      <back><ref-list><title>References</title><ref><label>1</label><mixed-citation>A book.</mixed-citation></ref></ref-list></back></article>`;
    const file = await readSound("a.nxml", source);
    expect(file.text).toBe(
      "On Pumps\n\nAnn Lee\n\nPublished: 2024-03-05\n\nAbstract\n\nThey leak &x;.\n\nMethod\n\nWe looked[1].\n\nTable 1 Parts\n\nPart | Price\nSeal | 3\n\nReferences\n\n- 1 A book.",
    );
    expect(file.headings.map(({ title }) => title)).toEqual(["On Pumps", "Abstract", "Method", "References"]);
  });

  it("reads any other file element by element", async () => {
    const file = await readSound(
      "list.xml",
      '<?xml version="1.0"?><parts><part><name>Seal</name><price unit="EUR">3</price></part></parts>',
    );
    expect(file.text).toBe("Seal\n\n3");
    expect(file.blocks.map(({ label }) => label)).toEqual(["parts/part/name", "parts/part/price"]);
  });

  it("expands no entity, reads no other file and refuses endless nesting", async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]><a>x &c; &d; &#65;</a>`;
    expect((await readSound("bomb.xml", bomb)).text).toBe("x &c; &d; A");
    await expect(readSound("deep.xml", `<?xml version="1.0"?>${"<a>".repeat(5_000)}`)).rejects.toMatchObject({
      code: "document_too_complex",
    });
  });
});
