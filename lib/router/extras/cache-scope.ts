import type { Principal } from "../../identity/schema.ts";
import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";

/** Who may be given an answer that was made for somebody else. Part of every key. */
export interface CacheScope {
  readonly orgId: string;
  /** `organisation`: no data of one person is in play; otherwise the person, and the program's end user if it named one. */
  readonly data: "organisation" | `user:${string}`;
}

/** How sources of documents look in a prompt; documents have access lists. */
const SOURCE_MARK = "<source ";

/**
 * The scope of a request. An answer is shared inside an organisation only when the request came with a key, names no
 * end user (`user`, `safety_identifier`) and carries no passages of documents; all else stays with its user. Even so two
 * people only ever share what both have written word for word.
 */
export function cacheScope(
  caller: Pick<Principal, "orgId" | "userId" | "via">,
  body: JsonObject,
): CacheScope {
  const endUsers = [body.user, body.safety_identifier].filter((name) => name !== undefined && name !== null);
  if (caller.via === "key" && endUsers.length === 0 && !carriesSources(body)) {
    return { orgId: caller.orgId, data: "organisation" };
  }
  return { orgId: caller.orgId, data: `user:${JSON.stringify([caller.userId, ...endUsers])}` };
}

function carriesSources(body: JsonObject): boolean {
  if (typeof body.prompt === "string" && body.prompt.includes(SOURCE_MARK)) return true;
  const messages = Array.isArray(body.messages) ? body.messages : [];
  return messages.some((message) => isJsonObject(message) && holdsSources(message.content));
}

function holdsSources(content: unknown): boolean {
  if (typeof content === "string") return content.includes(SOURCE_MARK);
  if (!Array.isArray(content)) return false;
  return content.some(
    (part) => isJsonObject(part) && typeof part.text === "string" && part.text.includes(SOURCE_MARK),
  );
}
