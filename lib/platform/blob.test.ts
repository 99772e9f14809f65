import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blobPath, deleteBlob, openBlob, putBlob } from "./blob.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "vouch-blob-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function* parts(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

async function readAll(key: string): Promise<string> {
  const { stream } = await openBlob(key, { directory });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe("the blob store", () => {
  it("gives back what was put in, with its size and hash, in a file only its owner reads", async () => {
    const stored = await putBlob(parts("one, ", "two"), { directory });
    expect(await readAll(stored.key)).toBe("one, two");
    expect(stored.sizeBytes).toBe(8);
    expect(stored.sha256).toBe(createHash("sha256").update("one, two").digest("hex"));
    expect(statSync(blobPath(stored.key, { directory })).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, "incoming"))).toEqual([]);
  });

  it("keeps equal files apart, so deleting one leaves the other", async () => {
    const first = await putBlob(parts("same"), { directory });
    const second = await putBlob(parts("same"), { directory });
    await deleteBlob(first.key, { directory });
    await deleteBlob(first.key, { directory });
    await expect(openBlob(first.key, { directory })).rejects.toMatchObject({ code: "not_found" });
    expect(await readAll(second.key)).toBe("same");
  });

  it("leaves nothing behind when the stream breaks off", async () => {
    async function* broken() {
      yield Buffer.from("half");
      throw new Error("the client left");
    }
    await expect(putBlob(broken(), { directory })).rejects.toThrow("the client left");
    expect(readdirSync(join(directory, "incoming"))).toEqual([]);
    expect(readdirSync(directory)).toEqual(["incoming"]);
  });

  it("says that the store cannot be written, without its path", async () => {
    const file = join(directory, "a-file");
    writeFileSync(file, "");
    const failure = await putBlob(parts("x"), { directory: file }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "unavailable" });
    expect(String(failure)).not.toContain(directory);
    chmodSync(file, 0o600);
  });

  it("refuses keys that are not its own", async () => {
    writeFileSync(join(directory, "secret"), "s");
    await expect(openBlob("../secret", { directory })).rejects.toMatchObject({ code: "not_found" });
    await expect(deleteBlob("../../secret", { directory })).rejects.toMatchObject({ code: "not_found" });
    expect(existsSync(join(directory, "secret"))).toBe(true);
  });
});
