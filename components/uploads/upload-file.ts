import { z } from "zod";
import { offlineError, RequestError } from "@/components/http/request-json.ts";
import { type AcceptedDocument, acceptedDocumentSchema } from "@/lib/knowledge/schema.ts";

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** No byte sent or received for this long means that the line is dead. */
const SILENCE_LIMIT_MS = 120_000;

export interface UploadRequest {
  readonly collectionId: string;
  readonly file: File;
  /** Share of the bytes sent, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/**
 * Sends one file into a collection. Uses XMLHttpRequest since `fetch` reports no upload progress.
 *
 * @returns the new document's id; it is then read and indexed by the server.
 * @throws RequestError with the server's sentence.
 */
export async function uploadFile({
  collectionId,
  file,
  onProgress,
}: UploadRequest): Promise<AcceptedDocument> {
  const hash = await contentHash(file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let silence = setTimeout(() => request.abort(), SILENCE_LIMIT_MS);
    request.open("POST", `/api/collections/${collectionId}/documents`);
    request.upload.addEventListener("progress", (event) => {
      clearTimeout(silence);
      silence = setTimeout(() => request.abort(), SILENCE_LIMIT_MS);
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("loadend", () => {
      clearTimeout(silence);
      if (request.status === 0) return reject(offlineError());
      const body = parseJson(request.responseText);
      const accepted = acceptedDocumentSchema.safeParse(body);
      if (request.status < 300 && accepted.success) return resolve(accepted.data);
      reject(refusal(body, request.status));
    });
    const form = new FormData();
    form.append("file", file, file.name);
    if (hash !== null) request.setRequestHeader("x-content-sha256", hash);
    request.send(form);
  });
}

/** SHA-256 in hex, for the server to compare; null on plain-http addresses, where browsers offer no hashing. */
async function contentHash(file: File): Promise<string | null> {
  if (!globalThis.isSecureContext) return null;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function refusal(body: unknown, status: number): RequestError {
  const parsed = errorSchema.safeParse(body);
  return parsed.success
    ? new RequestError(parsed.data.error.code, parsed.data.error.message, status)
    : new RequestError("internal", "The file could not be stored. Try again.", status);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
