import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AppError } from "../shared/errors.ts";
import { receiveUpload } from "./receive-upload.ts";

async function formRequest(form: FormData): Promise<Request> {
  const encoded = new Response(form);
  const headers = { "content-type": encoded.headers.get("content-type") ?? "" };
  return new Request("http://localhost/upload", {
    method: "POST",
    body: await encoded.arrayBuffer(),
    headers,
  });
}

function fileForm(bytes: Uint8Array | string, name = "a.txt", fields: Record<string, string> = {}): FormData {
  const form = new FormData();
  form.append("file", new File([bytes as string], name));
  // Fields after the file, the order that is hard to serve.
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  return form;
}

async function read(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
}

const limitBytes = 100_000;

describe("receiving an upload", () => {
  it("hands over the file's name and bytes, and fields that follow it", async () => {
    const bytes = Buffer.alloc(90_000, "ab");
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const received = await receiveUpload(await formRequest(fileForm(bytes, "Prüf “1”.pdf", { sha256 })), {
      limitBytes,
      onFile: async ({ fileName, content, field }) => ({
        fileName,
        content: await read(content),
        sha256: await field("sha256"),
        missing: await field("other"),
      }),
    });
    expect(received).toEqual({ fileName: "Prüf “1”.pdf", content: bytes, sha256, missing: undefined });
  });

  it("takes a file of exactly the limit and stops at the first byte beyond it", async () => {
    const onFile = async ({ content }: { content: AsyncIterable<Uint8Array> }) =>
      (await read(content)).length;
    expect(
      await receiveUpload(await formRequest(fileForm(Buffer.alloc(limitBytes))), { limitBytes, onFile }),
    ).toBe(limitBytes);
    await expect(
      receiveUpload(await formRequest(fileForm(Buffer.alloc(limitBytes + 1))), { limitBytes, onFile }),
    ).rejects.toMatchObject({ code: "document_too_large" });
  });

  it("does not read on when a declared length is too much, or when the stream never ends", async () => {
    let sent = 0;
    const boundary = "x";
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n`;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(sent === 0 ? Buffer.from(head) : Buffer.alloc(10_000, "x"));
        sent += 10_000;
      },
    });
    const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
    const request = new Request("http://localhost/", {
      method: "POST",
      body: endless,
      headers,
      duplex: "half",
    } as RequestInit);
    await expect(
      receiveUpload(request, { limitBytes, onFile: ({ content }) => read(content) }),
    ).rejects.toMatchObject({ code: "document_too_large" });
    expect(sent).toBeLessThan(limitBytes * 20);
    const declared = new Request("http://localhost/", {
      method: "POST",
      body: "x",
      headers: { ...headers, "content-length": "900000000" },
    });
    await expect(
      receiveUpload(declared, { limitBytes, onFile: ({ content }) => read(content) }),
    ).rejects.toMatchObject({ code: "document_too_large" });
  });

  it("passes on why a file was refused", async () => {
    await expect(
      receiveUpload(await formRequest(fileForm("x".repeat(50_000))), {
        limitBytes,
        onFile: async () => {
          throw new AppError("document_type_unsupported");
        },
      }),
    ).rejects.toMatchObject({ code: "document_type_unsupported" });
  });

  it("names a form without a file, a form that breaks off and a body that is no form", async () => {
    const onFile = ({ content }: { content: AsyncIterable<Uint8Array> }) => read(content);
    const empty = new FormData();
    empty.append("title", "no file");
    await expect(receiveUpload(await formRequest(empty), { limitBytes, onFile })).rejects.toMatchObject({
      code: "invalid_request",
    });
    const cut = new Request("http://localhost/", {
      method: "POST",
      body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf a fi',
      headers: { "content-type": "multipart/form-data; boundary=x" },
    });
    await expect(receiveUpload(cut, { limitBytes, onFile })).rejects.toMatchObject({
      code: "invalid_request",
    });
    const text = new Request("http://localhost/", { method: "POST", body: "plain" });
    await expect(receiveUpload(text, { limitBytes, onFile })).rejects.toMatchObject({
      code: "unsupported_media_type",
    });
  });
});
