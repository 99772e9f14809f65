import { Readable } from "node:stream";
import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { openDocumentContent } from "@/lib/knowledge/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** A file name in a header: ASCII for old readers, UTF-8 for the rest (RFC 6266). */
function disposition(kind: "inline" | "attachment", fileName: string): string {
  const ascii = fileName.replaceAll(/[^\x20-\x7e]|["\\]/g, "_");
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** The original file; `version` for the one an older citation speaks of. Only PDF is shown in place, in a sandbox; all else is a download. */
export const GET = handle(
  {
    auth: "member",
    scope: "documents",
    params: z.strictObject({ id: idSchema }),
    query: z.object({ version: idSchema.optional() }),
  },
  async ({ principal, params, query }) => {
    const { document, stream, sizeBytes } = await openDocumentContent(principal, params.id, query.version);
    const isPdf = document.mediaType === "application/pdf";
    return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
      headers: {
        "content-type": isPdf ? "application/pdf" : "text/plain; charset=utf-8",
        "content-length": String(sizeBytes),
        "content-disposition": disposition(isPdf ? "inline" : "attachment", document.fileName),
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
      },
    });
  },
);
