import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import {
  acceptedDocumentSchema,
  collectionListSchema,
  collectionSchema,
  documentListSchema,
  sourceListSchema,
} from "../../../knowledge/schema.ts";
import { AppError, isErrorCode } from "../../../shared/errors.ts";
import type { IngestTarget } from "./ingest-target.ts";

const TIMEOUT_MS = 60_000;
/** A file of the largest size over a slow line. */
const UPLOAD_TIMEOUT_MS = 600_000;
const TRIES = 5;
const MAX_WAIT_SECONDS = 60;
const PERSONAL_NAME = "My documents";

/** A server and the key that opens it. */
export interface ServerAddress {
  readonly url: string;
  readonly key: string;
}

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** A server over HTTP, with the rights of a key. */
export function openHttpTarget({ url, key }: ServerAddress): IngestTarget {
  const call = <Answer>(
    schema: z.ZodType<Answer>,
    path: string,
    init: RequestInit = {},
    timeoutMs = TIMEOUT_MS,
  ) =>
    request(new URL(path, url), key, init, timeoutMs).then(async (response) =>
      schema.parse(await response.json()),
    );
  const post = (body: unknown): RequestInit => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return {
    async findCollection(name = PERSONAL_NAME) {
      const { collections } = await call(collectionListSchema, "/api/collections");
      const known = collections.find(
        (collection) => collection.name.toLowerCase() === name.toLowerCase() && collection.level !== "read",
      );
      if (known !== undefined) return known.id;
      return (await call(collectionSchema, "/api/collections", post({ name, visibility: "organisation" })))
        .id;
    },
    async *documents(collectionId) {
      let before = "";
      do {
        const path = `/api/collections/${collectionId}/documents?limit=1000${before}`;
        const page = await call(documentListSchema, path);
        yield* page.documents;
        before = page.next === null ? "" : `&before=${encodeURIComponent(page.next)}`;
      } while (before !== "");
    },
    async addFile(collectionId, path) {
      const form = new FormData();
      form.append("path", path);
      form.append("file", await openAsBlob(path), basename(path));
      const init = { method: "POST", body: form, headers: { "x-vouch-priority": "offline" } };
      return call(
        acceptedDocumentSchema,
        `/api/collections/${collectionId}/documents`,
        init,
        UPLOAD_TIMEOUT_MS,
      );
    },
    addUrl: (collectionId, body) =>
      call(acceptedDocumentSchema, `/api/collections/${collectionId}/documents`, post(body), 2 * TIMEOUT_MS),
    sources: async (collectionId) =>
      (await call(sourceListSchema, `/api/collections/${collectionId}/sources`)).sources,
    async remove(documentId) {
      await request(new URL(`/api/documents/${documentId}`, url), key, { method: "DELETE" }, TIMEOUT_MS);
    },
    close: async () => {},
  };
}

/** One request; a server that has too much to do, or starts again, is asked again after a while. */
async function request(url: URL, key: string, init: RequestInit, timeoutMs: number): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(timeoutMs),
    }).catch(
      (cause: unknown) => new AppError("unavailable", { message: `${url.origin} does not answer.`, cause }),
    );
    if (response instanceof Response && response.ok) return response;
    const error = response instanceof Response ? await readError(response) : response;
    const isWorthIt = error.code === "rate_limited" || error.code === "unavailable";
    if (!isWorthIt || attempt === TRIES) throw error;
    await sleep(Math.min(error.retryAfterSeconds ?? attempt, MAX_WAIT_SECONDS) * 1000);
  }
}

async function readError(response: Response): Promise<AppError> {
  const parsed = errorSchema.safeParse(await response.json().catch(() => null));
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  const wait = Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {};
  if (parsed.success && isErrorCode(parsed.data.error.code)) {
    return new AppError(parsed.data.error.code, { message: parsed.data.error.message, ...wait });
  }
  const isAway = response.status === 502 || response.status === 503 || response.status === 504;
  return new AppError(isAway ? "unavailable" : "internal", {
    message: `The server answered with status ${response.status} and no word that is known.`,
    ...wait,
  });
}
