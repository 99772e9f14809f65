import { describe, expect, it } from "vitest";
import { sniffMediaType } from "./sniff-media-type.ts";
import { officeFile, zipOf } from "./test-fixtures.ts";

const sniff = (name: string, bytes: string | Uint8Array) =>
  sniffMediaType(typeof bytes === "string" ? Buffer.from(bytes) : bytes, name);

describe("sniffMediaType", () => {
  it("goes by the bytes where they say what a file is", () => {
    expect(sniff("a.txt", "%PDF-1.7")).toBe("application/pdf");
    expect(sniff("a.txt", "<!-- by hand -->\n<!DOCTYPE html><html>")).toBe("text/html");
    expect(sniff("a.txt", "\uFEFFWEBVTT\n\n")).toBe("text/vtt");
    expect(sniff("a.bin", zipOf({ mimetype: "application/epub+zip", "a.txt": "x" }))).toBe(
      "application/epub+zip",
    );
    expect(
      sniff(
        "download",
        officeFile("wordprocessingml.document", "word/document.xml", { "word/document.xml": "<w/>" }),
      ),
    ).toMatch(/wordprocessingml/);
    expect(sniff("a.xml", '<?xml version="1.0"?><article>')).toBe("application/xml");
  });

  it("goes by the name where text could be several things", () => {
    expect(sniff("a.md", "<html> is an element")).toBe("text/markdown");
    expect(sniff("a.csv", "a,b")).toBe("text/csv");
    expect(sniff("a.eml", "From: a@b.c")).toBe("message/rfc822");
    expect(sniff("a.jsonl", "{}")).toBe("application/x-ndjson");
    expect(sniff("notes", "just words")).toBe("text/plain");
  });

  it("tells files that cannot be read from files that are not what their name says", () => {
    expect(sniff("a.png", Buffer.from([0x89, 0x50, 0x4e, 0x47]))).toBeNull();
    expect(sniff("a.svg", "<svg xmlns='x'>")).toBeNull();
    expect(sniff("a.zip", zipOf({ "a.txt": "x" }))).toBeNull();
    expect(sniff("a.pdf", "just words")).toBe("mismatch");
    expect(sniff("a.docx", "just words")).toBe("mismatch");
    expect(sniff("a.pdf", zipOf({ "a.txt": "x" }))).toBe("mismatch");
    expect(sniff("a.xls", Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))).toBe("old");
    expect(sniff("a.xlsx", Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))).toBe("locked");
  });
});
