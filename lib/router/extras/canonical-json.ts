import { isJsonObject } from "../http/read-json-body.ts";

/** Deeper values are given up: a hostile body must not exhaust the stack. */
const MAX_DEPTH = 64;

/**
 * One text for equal values: keys sorted by UTF-16 units at every depth, no white space, lists in their order. Built as
 * text, not as an object, so that a key named `__proto__` is a key like any other.
 *
 * @param maxLength characters at most.
 * @returns undefined when the value is longer or nested deeper than 64 levels.
 */
export function canonicalJson(value: unknown, maxLength: number): string | undefined {
  const text = write(value, 0, maxLength);
  return text !== undefined && text.length <= maxLength ? text : undefined;
}

function write(value: unknown, depth: number, maxLength: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (typeof value === "string" && value.length > maxLength) return undefined;
  if (Array.isArray(value)) return writeList(value, depth, maxLength);
  if (isJsonObject(value)) return writeObject(Object.entries(value), depth, maxLength);
  return JSON.stringify(value) ?? "null";
}

function writeList(items: readonly unknown[], depth: number, maxLength: number): string | undefined {
  let text = "[";
  for (const item of items) {
    const written = write(item, depth + 1, maxLength);
    if (written === undefined || text.length > maxLength) return undefined;
    text += text === "[" ? written : `,${written}`;
  }
  return `${text}]`;
}

function writeObject(entries: [string, unknown][], depth: number, maxLength: number): string | undefined {
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  let text = "{";
  for (const [key, item] of entries) {
    const written = write(item, depth + 1, maxLength);
    if (written === undefined || text.length > maxLength) return undefined;
    text += `${text === "{" ? "" : ","}${JSON.stringify(key)}:${written}`;
  }
  return `${text}}`;
}
