import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { degrees, PDFDocument, StandardFonts } from "pdf-lib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findPlaceFaults } from "./find-place-faults.ts";
import { PARSE_LIMITS, type ParseLimits, parseFile } from "./parse-file.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "vouch-parse-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function parse(fileName: string, bytes: Uint8Array | string, limits?: ParseLimits) {
  const path = join(directory, fileName);
  writeFileSync(path, bytes);
  return parseFile({ path, fileName, ...(limits === undefined ? {} : { limits }) });
}

async function pdfWith(draw: (document: PDFDocument) => Promise<void>): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  await draw(document);
  return document.save();
}

const report = (rotation = 0) =>
  pdfWith(async (document) => {
    const font = await document.embedFont(StandardFonts.Helvetica);
    const first = document.addPage([400, 600]);
    first.setRotation(degrees(rotation));
    first.drawText("Inspection report", { x: 50, y: 540, size: 22, font });
    first.drawText("The main pump was inspected in May and found to leak at", {
      x: 50,
      y: 500,
      size: 11,
      font,
    });
    first.drawText("the lower seal. It was replaced.", { x: 50, y: 486, size: 11, font });
    first.drawText("A second paragraph follows.", { x: 50, y: 450, size: 11, font });
    document.addPage([400, 600]);
    const third = document.addPage([400, 600]);
    third.drawText("The end.", { x: 50, y: 540, size: 11, font });
  });

describe("reading a PDF", () => {
  it("gives text in paragraphs, the page map, headings and the pages without text", async () => {
    const file = await parse("report.pdf", await report());
    expect(file.text).toBe(
      "Inspection report\n\nThe main pump was inspected in May and found to leak at\nthe lower seal. It was replaced.\n\n" +
        "A second paragraph follows.\n\nThe end.",
    );
    expect(file.title).toBe("Inspection report");
    expect(file.headings).toMatchObject([{ start: 0, end: 17, level: 1, title: "Inspection report" }]);
    expect(file.unreadablePages).toEqual([2]);
    expect(file.pages.map(({ page, start, end }) => file.text.slice(start, end).length > 0 && page)).toEqual([
      1,
      false,
      3,
    ]);
    expect(file.text.slice(file.pages[2]?.start, file.pages[2]?.end)).toBe("The end.");
  });

  it("places every run where the words stand, from the top left of the page", async () => {
    const file = await parse("report.pdf", await report());
    const [start, end, x, y, width, height] = file.pages[0]?.runs[0] ?? [];
    expect(file.text.slice(start, end)).toBe("Inspection report");
    expect(x).toBeCloseTo(50, 0);
    // Base line at 540 of 600 from below, letters 22 high.
    expect(y).toBeCloseTo(600 - 540 - 22, 0);
    expect(width).toBeGreaterThan(150);
    expect(height).toBeCloseTo(22, 0);
  });

  it("turns boxes with a rotated page", async () => {
    const file = await parse("rotated.pdf", await report(90));
    const page = file.pages[0];
    expect([page?.width, page?.height]).toEqual([600, 400]);
    const [, , x, y, width, height] = page?.runs[0] ?? [];
    // Turned clockwise, the line runs down the page near its right edge.
    expect(x).toBeCloseTo(540, 0);
    expect(y).toBeCloseTo(50, 0);
    expect(height).toBeGreaterThan(150);
    expect(width).toBeCloseTo(22, 0);
    expect(file.text).toContain("The main pump was inspected in May and found to leak at\nthe lower seal.");
  });

  it("names what is wrong with a file that cannot be read", async () => {
    await expect(parse("cut.pdf", "%PDF-1.7\nthis is not a PDF")).rejects.toMatchObject({
      code: "document_unreadable",
    });
    await expect(parse("word.pdf", "just words")).rejects.toMatchObject({ code: "document_unreadable" });
    await expect(parse("empty.txt", "")).rejects.toMatchObject({ code: "document_empty" });
    await expect(parse("blank.md", " \n\n---\n")).rejects.toMatchObject({ code: "document_empty" });
    await expect(parse("photo.png", new Uint8Array([0x89, 0x50, 0x4e, 0x47]))).rejects.toMatchObject({
      code: "document_type_unsupported",
    });
  });

  it("lists the pages that are pictures, so that they may be recognised", async () => {
    const pictures = await pdfWith(async (document) => {
      document.addPage().drawRectangle({ x: 10, y: 10, width: 100, height: 100 });
    });
    expect(await parse("scan.pdf", pictures)).toMatchObject({ text: "", unreadablePages: [1], blocks: [] });
  });

  it("takes metadata titles but not those that programs write", async () => {
    const titled = (title: string) =>
      pdfWith(async (document) => {
        document.setTitle(title);
        document.addPage().drawText("Only words of one size", { x: 10, y: 100 });
      });
    expect((await parse("a.pdf", await titled("Annual review 2026"))).title).toBe("Annual review 2026");
    expect((await parse("b.pdf", await titled("Microsoft Word - draft.docx"))).title).toBeNull();
  });
});

describe("reading text", () => {
  it("keeps Markdown as it is, with headings at their offsets and front matter passed over", async () => {
    const source =
      "---\ntitle: The manual\n---\n\n# First *part*\n\nText.\n\nSecond\n======\n\n```\n# no heading\n```\n";
    const file = await parse("manual.md", source);
    expect(file.text).toBe(source);
    expect(file.title).toBe("The manual");
    expect(file.headings.map((heading) => [heading.title, source.slice(heading.start, heading.end)])).toEqual(
      [
        ["First part", "# First *part*"],
        ["Second", "Second\n======"],
      ],
    );
    expect(file).toMatchObject({ hasPages: false, mediaType: "text/markdown" });
    expect(file.pages).toMatchObject([{ page: 1, start: 0, end: source.length, width: null }]);
  });

  it("takes out characters that nobody sees", async () => {
    const hidden = "Pay\u200Bment\u0000 is \u{E0041}\u{E0042}due.\u2060\uFEFF";
    expect((await parse("hidden.md", hidden)).text).toBe("Payment is due.");
  });

  it("reads UTF-16 and Windows-1252 files", async () => {
    expect((await parse("wide.txt", Buffer.from("\uFEFFGröße", "utf16le"))).text).toBe("Größe");
    expect((await parse("old.txt", Buffer.from([0x47, 0x72, 0xf6, 0xdf, 0x65]))).text).toBe("Größe");
  });
});

describe("limits of reading", () => {
  it("kills a file that needs too much memory and goes on with the next", async () => {
    const limits = { ...PARSE_LIMITS, heapMb: 40 };
    const huge = "# heading\n\n*a* **b** [c](d) `e` ".repeat(400_000);
    await expect(parse("huge.md", huge, limits)).rejects.toMatchObject({ code: "document_parse_memory" });
    expect((await parse("small.md", "# ok\n\nfine.")).text).toContain("fine.");
  });

  it("kills a file that takes too long", async () => {
    const slow = "*a* **b** [c](d) `e` ".repeat(300_000);
    const work = parse("slow.md", slow, { ...PARSE_LIMITS, baseMs: 300 });
    await expect(work).rejects.toMatchObject({ code: "document_parse_timeout" });
  });

  it("stops when it is told to", async () => {
    const path = join(directory, "stopped.md");
    writeFileSync(path, "*a* **b** [c](d) ".repeat(300_000));
    const controller = new AbortController();
    const work = parseFile({ path, fileName: "stopped.md", signal: controller.signal });
    controller.abort(new Error("cancelled"));
    await expect(work).rejects.toThrow("cancelled");
  });
});

const REAL_FILES = "../shared/data/files";
describe.skipIf(!existsSync(REAL_FILES))("reading real files", () => {
  const expected: Record<string, string> = {
    "pdf_password__2206.01062_pg3.pdf": "document_encrypted",
  };
  const files = existsSync(REAL_FILES)
    ? readdirSync(REAL_FILES, { recursive: true, encoding: "utf8" }).filter((name) =>
        /\/[^/]+\.(?!md$)\w+$|__.*\.md$/.test(name),
      )
    : [];

  it.each(files)("%s", async (name) => {
    const fileName = name.split("/").at(-1) ?? "";
    const outcome = await parse(fileName, readFileSync(join(REAL_FILES, name))).catch(
      (error: { code: string }) => error.code,
    );
    if (typeof outcome === "string") {
      expect(outcome).toBe(expected[fileName]);
      return;
    }
    expect(findPlaceFaults(outcome)).toEqual([]);
  });
});
