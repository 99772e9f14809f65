import { describe, expect, it } from "vitest";
import { readBytes } from "./read-bytes.ts";

const CHUNK_BYTES = 64 * 1024;

/** A body that makes its chunks only when asked, and remembers what became of it. */
function countedBody(chunks: number, headers: Record<string, string> = {}) {
  const seen = { chunks: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (seen.chunks === chunks) {
          controller.close();
          return;
        }
        seen.chunks += 1;
        controller.enqueue(new Uint8Array(CHUNK_BYTES));
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { seen, source: { headers: new Headers(headers), body } };
}

describe("a limited body", () => {
  it("cuts 200 MB short after the limit and lets the source go", async () => {
    const { seen, source } = countedBody((200 * 1024 * 1024) / CHUNK_BYTES);
    await expect(readBytes(source, 1024 * 1024)).rejects.toMatchObject({
      code: "body_too_large",
      status: 413,
    });
    expect(seen.chunks).toBe(17);
    expect(seen.cancelled).toBe(true);
  });

  it("reads nothing when the declared length is already too much", async () => {
    const { seen, source } = countedBody(10, { "content-length": String(10 * CHUNK_BYTES) });
    await expect(readBytes(source, CHUNK_BYTES)).rejects.toThrow(/larger/);
    expect(seen.chunks).toBe(0);
  });

  it("does not believe a declared length that is too small", async () => {
    const { source } = countedBody(10, { "content-length": "5" });
    await expect(readBytes(source, CHUNK_BYTES)).rejects.toMatchObject({ code: "body_too_large" });
  });

  it("passes exactly the limit", async () => {
    const { source } = countedBody(2);
    expect(await readBytes(source, 2 * CHUNK_BYTES)).toHaveLength(2 * CHUNK_BYTES);
  });

  it("is empty without a body", async () => {
    expect(await readBytes({ headers: new Headers(), body: null }, 10)).toHaveLength(0);
  });

  it("names the error a route asks for", async () => {
    const { source } = countedBody(3);
    await expect(readBytes(source, CHUNK_BYTES, "document_too_large")).rejects.toMatchObject({
      code: "document_too_large",
    });
  });
});
