import { createHash } from "node:crypto";
import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";

/** Conversations remembered at most; the ones unused for longest go first. About 120 bytes each. */
const MAX_REMEMBERED = 50_000;

/** Turns looked back at most: longer conversations are found by their latest turns. */
const MAX_PREFIXES = 16;

/**
 * Remembers which target served which beginning of a conversation, so that the next turn finds the cache its upstream
 * has of it. A conversation is known by hashes of its messages up to each user message; a turn looks for the longest
 * beginning that was served before. Bounded, least recently used first out.
 */
export class ConversationAffinity {
  readonly #targets = new Map<string, string>();
  readonly #maxRemembered: number;

  constructor(maxRemembered: number = MAX_REMEMBERED) {
    this.#maxRemembered = maxRemembered;
  }

  get size(): number {
    return this.#targets.size;
  }

  /** Key of the target that served the longest known beginning; undefined for a new conversation. */
  find(prefixes: readonly string[]): string | undefined {
    for (const prefix of prefixes) {
      const key = this.#targets.get(prefix);
      if (key !== undefined) return key;
    }
    return undefined;
  }

  /** The target serves a request with these beginnings. */
  remember(prefixes: readonly string[], targetKey: string): void {
    const [longest] = prefixes;
    if (longest === undefined) return;
    this.#targets.delete(longest);
    this.#targets.set(longest, targetKey);
    if (this.#targets.size <= this.#maxRemembered) return;
    const oldest = this.#targets.keys().next();
    if (!oldest.done) this.#targets.delete(oldest.value);
  }
}

/**
 * Hashes of a request's beginnings that end with a user message, the longest first. The scope keeps equal
 * conversations of different organisations and models apart.
 */
export function conversationPrefixes(scope: string, body: JsonObject): string[] {
  const { messages } = body;
  if (!Array.isArray(messages)) return [];
  const hash = createHash("sha1").update(scope);
  const prefixes: string[] = [];
  // Copies cost some microseconds: only those that count are made, however many messages a body holds.
  let passedOver = messages.filter(isOfUser).length - MAX_PREFIXES;
  for (const message of messages) {
    hash.update(JSON.stringify(message) ?? "").update("\n");
    if (!isOfUser(message)) continue;
    passedOver -= 1;
    if (passedOver < 0) prefixes.unshift(hash.copy().digest("base64").slice(0, 20));
  }
  return prefixes;
}

function isOfUser(message: unknown): boolean {
  return isJsonObject(message) && message.role === "user";
}
