/**
 * Main of the parser process. Files come from strangers: they are read here, with a small heap, no secrets in the
 * environment and no right to write files or start programs, and the parent kills it when it takes too long.
 */
import { readFile } from "node:fs/promises";
import { toAppError } from "../../shared/errors.ts";
import { parseBytes } from "./parse-bytes.ts";
import type { ParseMessage, ParseRequest } from "./parser-messages.ts";

const send = (message: ParseMessage) => process.send?.(message);

process.on("message", async ({ id, path, fileName, password }: ParseRequest) => {
  try {
    const bytes = new Uint8Array(await readFile(path));
    const onProgress = (done: number, total: number) => send({ id, type: "progress", done, total });
    const file = await parseBytes(bytes, fileName, onProgress, { password });
    send({ id, type: "parsed", file });
  } catch (error) {
    const failure = toAppError(error);
    // A bug of the parser on one file is that file's failure, with a code of its own kind.
    const code = failure.code === "internal" ? "document_unreadable" : failure.code;
    const page = failure.context.page;
    send({ id, type: "failed", code, page: typeof page === "number" ? page : null });
  }
});
process.on("disconnect", () => process.exit(0));
