import type { ServerResponse } from "node:http";
import type { ApiError } from "./api-error.ts";
import { writeHead } from "./write-head.ts";

/** A whole answer may lie unread for so long, ms. */
const STUCK_MS = 60_000;

/** A larger body is not worth copying. */
const ONE_PIECE_BYTES = 16 * 1024;

type Headers = Readonly<Record<string, string>>;

/** Answers with JSON, unless the client has gone. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Headers = {},
): void {
  if (response.headersSent || response.destroyed) return;
  writeHead(response, status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
    "cache-control": "no-store",
    ...headers,
  });
  // As a string the body leaves in one piece with the head; latin1 gives every byte back as it was.
  if (typeof body === "string" || body.length > ONE_PIECE_BYTES) response.end(body);
  else response.end(body.toString("latin1"), "latin1");
  cutWhenStuck(response, STUCK_MS);
}

/** Cuts the connection when a finished answer still lies unread after the time given. */
export function cutWhenStuck(response: ServerResponse, stuckMs: number): void {
  if (!response.writableNeedDrain) return;
  const timer = setTimeout(() => response.destroy(), stuckMs);
  response.once("close", () => clearTimeout(timer));
}

/** Answers with an error in OpenAI's shape. */
export function sendApiError(response: ServerResponse, error: ApiError, headers: Headers = {}): void {
  sendJson(response, error.status, error.body, { ...error.headers, ...headers });
}
