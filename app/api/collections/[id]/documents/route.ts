import { z } from "zod";
import { handle, json } from "@/lib/identity/index.ts";
import type { Principal } from "@/lib/identity/schema.ts";
import { addDocument, addTextDocument, listDocuments, receiveUpload } from "@/lib/knowledge/index.ts";
import {
  acceptedDocumentSchema,
  createTextDocumentSchema,
  documentFilterSchema,
  documentListSchema,
  documentSortSchema,
} from "@/lib/knowledge/schema.ts";
import { environment } from "@/lib/platform/env.ts";
import { readJson } from "@/lib/platform/http/index.ts";
import { AppError } from "@/lib/shared/errors.ts";
import { idSchema } from "@/lib/shared/ids.ts";

const params = z.strictObject({ id: idSchema });

/** Documents of a collection, newest first by default; `before` continues where the last answer ended. */
export const GET = handle(
  {
    auth: "member",
    scope: "documents",
    params,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(500),
      before: z.string().max(4_000).optional(),
      state: documentFilterSchema.optional(),
      q: z.string().trim().min(1).max(200).optional(),
      sort: documentSortSchema.optional(),
      order: z.enum(["asc", "desc"]).optional(),
    }),
    response: documentListSchema,
  },
  ({ principal, params, query }) => listDocuments(principal, params.id, query),
);

/** Takes a file (multipart, field `file`, optional field or header with its SHA-256) or `{title, text}`. */
export const POST = handle(
  { auth: "member", scope: "documents", params, limit: { name: "uploads", perMinute: 1200 } },
  async ({ principal, params, request }) => {
    const isJson = request.headers.get("content-type")?.startsWith("application/json") ?? false;
    const accepted = await (isJson ? receiveText : receiveFile)(principal, params.id, request);
    return json(acceptedDocumentSchema.parse(accepted), { status: 202 });
  },
);

const limitBytes = () => environment().VOUCH_UPLOAD_LIMIT_MB * 1024 ** 2;

async function receiveText(principal: Principal, collectionId: string, request: Request) {
  const body = createTextDocumentSchema.safeParse(await readJson(request, limitBytes()));
  if (!body.success) {
    const issue = body.error.issues[0];
    throw new AppError("invalid_request", { message: `${issue?.path.join(".")}: ${issue?.message}` });
  }
  return addTextDocument(principal, collectionId, body.data);
}

function receiveFile(principal: Principal, collectionId: string, request: Request) {
  return receiveUpload(request, {
    limitBytes: limitBytes(),
    onFile: ({ fileName, content, field }) =>
      addDocument(principal, {
        collectionId,
        fileName,
        content,
        expectedSha256: async () => request.headers.get("x-content-sha256") ?? (await field("sha256")),
        priority: "online",
      }),
  });
}
