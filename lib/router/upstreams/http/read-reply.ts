import type { IncomingMessage } from "node:http";
import { isJsonObject } from "../../http/read-json-body.ts";
import type { UpstreamReply } from "../upstream.ts";
import {
  type RetryHeaders,
  refusedByUpstream,
  type UpstreamError,
  upstreamFault,
} from "../upstream-error.ts";

/** Largest whole answer, bytes: a batch of 2,048 long embeddings fits. */
const MAX_REPLY_BYTES = 128 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 1024 * 1024;

/** A refusal's page must not hold a call open. */
const REFUSAL_READ_MS = 5_000;

const retryHeaderNames = ["retry-after", "retry-after-ms", "x-ms-retry-after-ms"] as const;

/** The headers that say when to come back. */
export function retryHeaders(response: IncomingMessage): RetryHeaders {
  const kept: Record<string, string> = {};
  for (const name of retryHeaderNames) {
    const value = response.headers[name];
    if (typeof value === "string") kept[name] = value;
  }
  const milliseconds = Number(kept["retry-after-ms"] ?? kept["x-ms-retry-after-ms"]);
  // Clients that know only the standard header still wait long enough.
  if (Number.isFinite(milliseconds)) kept["retry-after"] ??= String(Math.ceil(milliseconds / 1000));
  return kept;
}

function collect(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    response.on("data", (piece: Buffer) => {
      size += piece.length;
      if (size > maxBytes) response.destroy(new RangeError("the answer is too large"));
      else pieces.push(piece);
    });
    response.once("end", () => resolve(Buffer.concat(pieces, size)));
    response.once("error", reject);
    response.once("close", () => reject(new Error("closed before its end")));
  });
}

/** Reads what an upstream said in place of an answer. */
export async function readRefusal(response: IncomingMessage, upstream: string): Promise<UpstreamError> {
  const timer = setTimeout(() => response.destroy(), REFUSAL_READ_MS);
  let body = "";
  try {
    body = (await collect(response, MAX_REFUSAL_BYTES)).toString("utf8");
  } catch {
    // The status alone still says what happened.
  } finally {
    clearTimeout(timer);
  }
  return refusedByUpstream(upstream, response.statusCode ?? 502, body, retryHeaders(response));
}

/** Reads a whole JSON answer. Throws UpstreamError when it is cut, too large or no JSON object. */
export async function readReply(response: IncomingMessage, upstream: string): Promise<UpstreamReply> {
  let bytes: Buffer;
  try {
    bytes = await collect(response, MAX_REPLY_BYTES);
  } catch (cause) {
    throw upstreamFault("connection_cut", upstream, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw upstreamFault("bad_reply", upstream, { cause });
  }
  if (!isJsonObject(json)) throw upstreamFault("bad_reply", upstream);
  return { bytes, json };
}
