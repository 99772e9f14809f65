import { createHash } from "node:crypto";

/** Names a value by the first half of its SHA-256, as JSON writes it; equal keys mean equal values. A UUID in form only. */
export function hashKey(value: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(value)).digest("hex");
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
