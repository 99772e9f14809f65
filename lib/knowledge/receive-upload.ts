import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import busboy, { type FileInfo } from "busboy";
import { AppError } from "../shared/errors.ts";

/** A file part of a form. */
export interface ReceivedFile {
  readonly fileName: string;
  /** Its bytes; fails with `document_too_large` as soon as there are too many. */
  readonly content: AsyncIterable<Uint8Array>;
  /** A text field of the form, known once the whole form is read. */
  readonly field: (name: string) => Promise<string | undefined>;
}

/** Bytes of a form beside its file. */
const FORM_OVERHEAD_BYTES = 64 * 1024;

/** Options of {@link receiveUpload}. */
export interface ReceiveUploadOptions<Result> {
  readonly limitBytes: number;
  readonly onFile: (file: ReceivedFile) => Promise<Result>;
}

/**
 * Reads a multipart form with one file while it arrives; nothing is held in memory or kept beyond the limit.
 *
 * @returns what `onFile` made of the file.
 * @throws AppError `unsupported_media_type`, `document_too_large`, `invalid_request` (no file, several, a form that
 *   breaks off); the error of `onFile`.
 */
export async function receiveUpload<Result>(
  request: Request,
  { limitBytes, onFile }: ReceiveUploadOptions<Result>,
): Promise<Result> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limitBytes + FORM_OVERHEAD_BYTES) throw tooLarge(limitBytes);
  if (request.body === null) throw new AppError("invalid_request", { message: "The form holds no file." });
  const form = openForm(request, limitBytes);
  const fields = new Map<string, string>();
  form.on("field", (name, value) => fields.set(name, value));
  const ended = new Promise<void>((resolve, reject) => {
    form.once("close", resolve);
    form.once("error", (cause) => reject(brokenForm(cause)));
  });
  // Whoever waits for a field sees the failure; without anybody waiting it must not end the process.
  ended.catch(() => {});
  let work: Promise<Result> | undefined;
  form.on("file", (_name, stream, info) => {
    // A form that is broken off breaks its file off too; whoever reads the file is told, nobody else needs to be.
    stream.on("error", () => {});
    if (work !== undefined) {
      stream.resume();
      return;
    }
    work = onFile({
      fileName: decodeName(info),
      content: limited(stream, limitBytes),
      field: async (name) => {
        await ended;
        return fields.get(name);
      },
    });
    // The form is not read on for a file that is refused.
    work.catch((error: unknown) => form.destroy(error instanceof Error ? error : undefined));
  });
  const body = Readable.fromWeb(request.body as NodeReadableStream<Uint8Array>);
  body.once("error", (cause) => form.destroy(cause));
  body.pipe(form);
  try {
    await ended.catch(async (error: unknown) => {
      // The file's own failure says more than the form that broke off for it.
      await work;
      throw error;
    });
    if (work === undefined) throw new AppError("invalid_request", { message: "The form holds no file." });
    return await work;
  } finally {
    body.unpipe(form);
    body.destroy();
  }
}

function openForm(request: Request, limitBytes: number): busboy.Busboy {
  try {
    return busboy({
      headers: { "content-type": request.headers.get("content-type") ?? "" },
      defParamCharset: "utf8",
      // One byte more than allowed tells a file at the limit from one beyond it.
      limits: {
        fileSize: limitBytes + 1,
        files: 1,
        fields: 20,
        fieldSize: 8_192,
        parts: 30,
        headerPairs: 100,
      },
    });
  } catch (cause) {
    throw new AppError("unsupported_media_type", {
      message: "Send the file as multipart/form-data, or text as application/json.",
      cause,
    });
  }
}

async function* limited(stream: Readable, limitBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      bytes += part.byteLength;
      if (bytes > limitBytes) throw tooLarge(limitBytes);
      yield part;
    }
  } catch (cause) {
    throw brokenForm(cause);
  }
}

function tooLarge(limitBytes: number): AppError {
  const megabytes = Math.floor(limitBytes / 1024 ** 2);
  return new AppError("document_too_large", {
    message: `The document is larger than the upload limit of ${megabytes} MB.`,
  });
}

function brokenForm(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError("invalid_request", { message: "The upload broke off. Send the file again.", cause });
}

function decodeName(info: FileInfo): string {
  return typeof info.filename === "string" && info.filename !== "" ? info.filename : "document";
}
