import type { ServerResponse } from "node:http";
import { apiSecurityHeaders } from "../../platform/http/index.ts";

let fixed: readonly string[] | undefined;

/** Headers of every answer, names and values in turn; the answer's own word on caching takes their place. */
function fixedHeaders(): readonly string[] {
  if (fixed === undefined) {
    const { "cache-control": _, ...headers } = apiSecurityHeaders();
    fixed = Object.entries(headers).flat();
  }
  return fixed;
}

/**
 * Sends the head of an answer, as one list: headers set one by one would be checked and copied twice for each request.
 *
 * @param headers none of them among those of every answer.
 */
export function writeHead(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  const list = [...fixedHeaders()];
  for (const name in headers) list.push(name, headers[name] as string);
  response.writeHead(status, list);
}
