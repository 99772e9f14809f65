import { describe, expect, it } from "vitest";
import { placesOf, readSound } from "../test-fixtures.ts";

const HEAD =
  "From: Ann <ann@example.org>\r\nTo: bob@example.org\r\nSubject: The =?utf-8?q?pump=E2=80=99s?= seal\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n";
const part = (head: string, body: string) => `--x\r\n${head}\r\n\r\n${body}\r\n`;
const mixed = (...parts: string[]) =>
  `${HEAD}Content-Type: multipart/mixed; boundary=x\r\n\r\n${parts.join("")}--x--\r\n`;

describe("reading a message", () => {
  it("tells who wrote what to whom and when, with what is quoted marked as quoted", async () => {
    const file = await readSound(
      "a.eml",
      `${HEAD}Content-Type: text/plain\r\n\r\nIt leaks.\r\n\r\n> Does it leak?\r\n`,
    );
    expect(file.text).toBe(
      "Subject: The pump’s seal\nFrom: Ann <ann@example.org>\nTo: bob@example.org\nDate: 2026-11-21 09:00 UTC\n\nIt leaks.\n\n> Does it leak?",
    );
    expect(file).toMatchObject({ title: "The pump’s seal", hasPages: false });
    expect(placesOf(file)[1]).toEqual(["From: Ann <ann@example.org>", "header From"]);
    expect(file.blocks.at(-1)?.kind).toBe("quote");
  });

  it("reads attachments as pages of their own, and names those it cannot read", async () => {
    const message = mixed(
      part("Content-Type: text/html", "<p>See <b>below</b>.</p>"),
      part(
        'Content-Type: text/csv; name="p.csv"\r\nContent-Disposition: attachment; filename="prices.csv"',
        "Part,Size,Price\r\nSeal,small,3",
      ),
      part(
        'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="tool.exe"',
        "MZ\u0000",
      ),
    );
    const file = await readSound("b.eml", message);
    expect(file.text).toContain(
      "See below.\n\nAttachments: prices.csv, tool.exe\n\nPart | Size | Price\nPart: Seal | Size: small | Price: 3",
    );
    expect(file.pages.map(({ label }) => label)).toEqual(["Message", "Attachment prices.csv"]);
    expect(placesOf(file).at(-1)?.[1]).toBe("row 2");
  });

  it("opens messages in messages down to a limit", async () => {
    let message = `${HEAD}\r\nthe innermost`;
    for (let depth = 0; depth < 6; depth += 1) {
      message = mixed(
        part(
          'Content-Type: message/rfc822; name="inner.eml"\r\nContent-Disposition: attachment; filename="inner.eml"',
          message,
        ),
      ).replaceAll(/\bx\b/g, `x${depth}`);
    }
    const file = await readSound("c.eml", message);
    expect(file.pages.length).toBeGreaterThan(1);
    expect(file.pages.length).toBeLessThanOrEqual(5);
  });
});
