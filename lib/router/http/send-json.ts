import type { ServerResponse } from "node:http";
import type { ApiError } from "./api-error.ts";

type Headers = Readonly<Record<string, string>>;

/** Answers with JSON, unless the client has gone. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Headers = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...headers,
  });
  response.end(body);
}

/** Answers with an error in OpenAI's shape. */
export function sendApiError(response: ServerResponse, error: ApiError, headers: Headers = {}): void {
  sendJson(response, error.status, error.body, { ...error.headers, ...headers });
}
