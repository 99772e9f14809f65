import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseBytes } from "../parse-bytes.ts";
import { parseFile } from "../parse-file.ts";
import { protectedPdf } from "./test-protected-pdf.ts";

const bytes = protectedPdf(["The pump was replaced in May.", "The valve was kept (for now)."], {
  user: "sesame",
});
const read = (password?: string) => parseBytes(bytes.slice(), "locked.pdf", () => {}, { password });

describe("a protected PDF", () => {
  it("asks for its password", async () => {
    await expect(read()).rejects.toMatchObject({ code: "document_encrypted" });
  });

  it("is read with the reader's or the owner's", async () => {
    for (const password of ["sesame", "sesame of the owner"]) {
      const { text, pages } = await read(password);
      expect(text).toContain("The pump was replaced in May.");
      expect(text).toContain("The valve was kept (for now).");
      expect(pages).toHaveLength(2);
    }
  });

  it("says when the password is wrong, also for the empty one", async () => {
    for (const password of ["Sesame", "", "sesame "]) {
      await expect(read(password)).rejects.toMatchObject({ code: "document_password_wrong" });
    }
  });

  it("is read the same way in the reader's own process", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vouch-locked-"));
    const path = join(folder, "locked.pdf");
    writeFileSync(path, bytes);
    try {
      await expect(parseFile({ path, fileName: "locked.pdf", password: "wrong" })).rejects.toMatchObject({
        code: "document_password_wrong",
      });
      expect((await parseFile({ path, fileName: "locked.pdf", password: "sesame" })).text).toContain("pump");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("that asks for none to be read is read without", async () => {
    const open = protectedPdf(["Printing is not allowed."], { user: "" });
    expect((await parseBytes(open, "open.pdf", () => {})).text).toContain("Printing");
  });
});
