import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readSound, zipOf } from "../test-fixtures.ts";
import { openZip, resolveEntry, ZIP_LIMITS } from "./open-zip.ts";

const zeros = (bytes: number) => new Uint8Array(bytes);

describe("openZip", () => {
  it("reads entries by name, stored or packed", () => {
    const archive = openZip(
      zipSync({ "a.txt": strToU8("plain"), "b/c.txt": [strToU8("x".repeat(500)), { level: 9 }] }),
    );
    expect(archive.names).toEqual(["a.txt", "b/c.txt"]);
    expect(archive.readText("b/c.txt")).toBe("x".repeat(500));
    expect(archive.findText("d.txt")).toBeNull();
  });

  it("refuses entries that declare too much, each or together", () => {
    const limits = { ...ZIP_LIMITS, entryBytesMax: 1_000, totalBytesMax: 1_500 };
    const archive = openZip(zipSync({ big: zeros(2_000), one: zeros(900), two: zeros(900) }), limits);
    expect(() => archive.read("big")).toThrow(expect.objectContaining({ code: "document_too_complex" }));
    expect(archive.read("one")).toHaveLength(900);
    expect(() => archive.read("two")).toThrow(expect.objectContaining({ code: "document_too_complex" }));
  });

  it("refuses an entry that unpacks to more than it declares", () => {
    const bytes = zipSync({ a: [zeros(1_000_000), { level: 9 }] });
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(bytes.length - 6, true);
    view.setUint32(directory + 24, 1_000, true);
    expect(() => openZip(bytes).read("a")).toThrow(expect.objectContaining({ code: "document_too_complex" }));
  });

  it("refuses too many entries, and a directory that points nowhere", () => {
    const many = zipOf(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index}`, "x"])));
    expect(() => openZip(many, { ...ZIP_LIMITS, entriesMax: 10 })).toThrow(
      expect.objectContaining({ code: "document_too_complex" }),
    );
    const cut = many.slice();
    new DataView(cut.buffer).setUint32(cut.length - 6, cut.length, true);
    expect(() => openZip(cut)).toThrow(expect.objectContaining({ code: "document_unreadable" }));
    expect(() => openZip(many.subarray(0, many.length - 30))).toThrow(
      expect.objectContaining({ code: "document_unreadable" }),
    );
  });

  it("names what is wrong with archives of any kind", async () => {
    await expect(readSound("a.docx", zipOf({ "x.txt": "just a file" }))).rejects.toMatchObject({
      code: "document_type_unsupported",
    });
    await expect(readSound("a.docx", "plain words")).rejects.toMatchObject({ code: "document_unreadable" });
    const old = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    await expect(readSound("a.doc", old)).rejects.toMatchObject({ code: "document_old_format" });
    await expect(readSound("a.docx", old)).rejects.toMatchObject({ code: "document_encrypted" });
    await expect(readSound("a.docx", Buffer.from("PK\u0003\u0004broken"))).rejects.toMatchObject({
      code: "document_unreadable",
    });
  });
});

describe("resolveEntry", () => {
  it("follows relative names inside the archive and never leads out of it", () => {
    expect(resolveEntry("ppt/slides/slide1.xml", "../media/a.png")).toBe("ppt/media/a.png");
    expect(resolveEntry("ppt/slides/slide1.xml", "/docProps/core.xml")).toBe("docProps/core.xml");
    expect(resolveEntry("a.xml", "../../../../etc/passwd")).toBe("etc/passwd");
  });
});
