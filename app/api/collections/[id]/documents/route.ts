import { z } from "zod";
import { handle, json } from "@/lib/identity/index.ts";
import type { Principal } from "@/lib/identity/schema.ts";
import {
  addDocument,
  addTextDocument,
  addUrlDocument,
  folderIdentity,
  listDocuments,
  receiveUpload,
} from "@/lib/knowledge/index.ts";
import {
  acceptedDocumentSchema,
  createTextDocumentSchema,
  createUrlDocumentSchema,
  documentFilterSchema,
  documentListSchema,
  documentSortSchema,
} from "@/lib/knowledge/schema.ts";
import { environment } from "@/lib/platform/env.ts";
import { readJson } from "@/lib/platform/http/index.ts";
import { consume } from "@/lib/platform/rate-limit/index.ts";
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

/**
 * Takes a file (multipart: field `file`, optionally `sha256`, `replaces` and, for files of a folder, `path`),
 * `{title, text}` or `{url}`.
 */
export const POST = handle(
  { auth: "member", scope: "documents", params, limit: { name: "uploads", perMinute: 1200 } },
  async ({ principal, params, request, signal }) => {
    const isJson = request.headers.get("content-type")?.startsWith("application/json") ?? false;
    const accepted = isJson
      ? await receiveJson(principal, params.id, request, signal)
      : await receiveFile(principal, params.id, request);
    return json(acceptedDocumentSchema.parse(accepted), { status: 202 });
  },
);

const limitBytes = () => environment().VOUCH_UPLOAD_LIMIT_MB * 1024 ** 2;

async function receiveJson(
  principal: Principal,
  collectionId: string,
  request: Request,
  signal: AbortSignal,
) {
  const body: unknown = await readJson(request, limitBytes());
  if (typeof body === "object" && body !== null && "url" in body) {
    await limitFetches(principal);
    return addUrlDocument(principal, collectionId, parseBody(createUrlDocumentSchema, body), signal);
  }
  return addTextDocument(principal, collectionId, parseBody(createTextDocumentSchema, body));
}

function parseBody<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError("invalid_request", { message: `${issue?.path.join(".")}: ${issue?.message}` });
}

/** A request out is dearer than one in, and somebody else's server answers it. */
async function limitFetches({ userId }: Principal): Promise<void> {
  const { allowed, retryAfterSeconds } = await consume({ name: "addresses", key: userId, perMinute: 60 });
  if (!allowed) throw new AppError("rate_limited", { retryAfterSeconds });
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
        identity: async () => identityOf(await field("replaces"), await field("path")),
        // Nobody waits for one file of a folder.
        priority: request.headers.get("x-vouch-priority") === "offline" ? "offline" : "online",
      }),
  });
}

function identityOf(replaces: string | undefined, path: string | undefined) {
  if (replaces !== undefined) return { replaces: parseBody(idSchema, replaces) };
  return path === undefined ? undefined : folderIdentity(path);
}
