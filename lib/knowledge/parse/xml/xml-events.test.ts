import { describe, expect, it } from "vitest";
import { parseXml } from "./parse-xml.ts";
import { attributeOf, xmlEvents } from "./xml-events.ts";

const count = (source: string) => {
  let events = 0;
  for (const _ of xmlEvents(source)) events += 1;
  return events;
};

describe("xmlEvents", () => {
  it("gives elements without prefix, with attributes, text and CDATA", () => {
    expect(
      [
        ...xmlEvents(
          '<?xml version="1.0"?><w:p w:id="1" r:id=\'a&gt;b\'><!-- no -->x &amp; &#x41;<![CDATA[<y>]]><e/></w:p>',
        ),
      ].filter(({ type }) => type !== "text"),
    ).toEqual([
      { type: "open", name: "p", attributes: { "w:id": "1", "r:id": "a>b" } },
      { type: "open", name: "e", attributes: {} },
      { type: "close", name: "e" },
      { type: "close", name: "p" },
    ]);
  });

  it("refuses endless nesting at once, and reads long files of one thing in one go", () => {
    expect(() => count("<a>".repeat(1_700_000))).toThrow(
      expect.objectContaining({ code: "document_too_complex" }),
    );
    expect(count(`<a>${"<b></b>".repeat(500_000)}</a>`)).toBe(1_000_002);
    expect(count(`<a b="${"x".repeat(5_000_000)}"></a>`)).toBe(2);
    expect(count(`<a ${"b ".repeat(1_000_000)}></a>`)).toBe(2);
    expect(count(`<a>${"&amp;".repeat(1_000_000)}</a>`)).toBeGreaterThan(2);
    expect(count(`<a b="${"y".repeat(5_000_000)}`)).toBeLessThanOrEqual(1);
  });

  it("reads damaged markup as far as it makes sense", () => {
    expect(parseXml("<a><b>one</a><c>two").children).toHaveLength(1);
    expect(() => parseXml("no element at all")).toThrow(
      expect.objectContaining({ code: "document_unreadable" }),
    );
  });
});

describe("attributeOf", () => {
  it("takes the name as it is written before the same name with a prefix", () => {
    expect(attributeOf({ "r:id": "rel", id: "own" }, "id")).toBe("own");
    expect(attributeOf({ "r:id": "rel" }, "id")).toBe("rel");
    expect(attributeOf({ id: "own" }, "r:id")).toBeUndefined();
    expect(attributeOf({}, "constructor")).toBeUndefined();
  });
});
