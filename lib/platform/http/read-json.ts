import { AppError } from "../../shared/errors.ts";
import { type BodySource, readBytes } from "./read-bytes.ts";

/** Deeper than any contract of ours; a schema that recurses over more could exhaust the stack. */
const DEPTH_MAX = 64;

const JSON_CONTENT_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/**
 * Reads a JSON object from the body, never more than `maxBytes`.
 *
 * @throws AppError `unsupported_media_type`, `body_too_large`, `invalid_json` (not UTF-8, not JSON), or
 * `invalid_request` (not an object, nested too deeply, `__proto__` as a key, NUL or broken surrogates in a text).
 */
export async function readJson(request: BodySource, maxBytes: number): Promise<Record<string, unknown>> {
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") {
    throw new AppError("unsupported_media_type", { message: "Send the body without content-encoding." });
  }
  if (!JSON_CONTENT_TYPE.test(request.headers.get("content-type") ?? "")) {
    throw new AppError("unsupported_media_type");
  }
  return parseJsonObject(await readBytes(request, maxBytes));
}

/** Parses the bytes as {@link readJson} does. */
export function parseJsonObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError("invalid_json", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AppError("invalid_request", { message: "The body must be a JSON object." });
  }
  assertSafeTree(value);
  return value as Record<string, unknown>;
}

/**
 * True for text that PostgreSQL can store in `text` and `jsonb` columns: no NUL, no half of a surrogate pair.
 */
export function isStorableText(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

function assertStorable(text: string): void {
  if (!isStorableText(text)) {
    throw new AppError("invalid_request", {
      message: "The request holds characters that are not valid text.",
    });
  }
}

/** Walks without recursion: a body of a hundred thousand brackets must not exhaust the stack. */
function assertSafeTree(root: object): void {
  const open: { node: object; depth: number }[] = [{ node: root, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > DEPTH_MAX) {
      throw new AppError("invalid_request", { message: "The body is nested too deeply." });
    }
    for (const [key, value] of Object.entries(next.node)) {
      if (key === "__proto__") throw new AppError("invalid_request", { message: "The body is not valid." });
      assertStorable(key);
      if (typeof value === "string") assertStorable(value);
      else if (typeof value === "object" && value !== null) open.push({ node: value, depth: next.depth + 1 });
    }
  }
}
