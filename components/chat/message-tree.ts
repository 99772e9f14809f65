import type { StoredMessage } from "@/lib/chat/schema.ts";

/** Messages from the root down to `leafId`; empty when the leaf is unknown. */
export function pathToLeaf(messages: readonly StoredMessage[], leafId: string | null): StoredMessage[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const path: StoredMessage[] = [];
  let current = leafId === null ? undefined : byId.get(leafId);
  while (current && !path.includes(current)) {
    path.unshift(current);
    current = current.parentId === null ? undefined : byId.get(current.parentId);
  }
  return path;
}

/** Ids of the messages that share a parent and a role with this one, itself included, oldest first. */
export function siblingIds(messages: readonly StoredMessage[], id: string): string[] {
  const own = messages.find((message) => message.id === id);
  if (!own) return [];
  return messages
    .filter((message) => message.parentId === own.parentId && message.role === own.role)
    .sort(byAge)
    .map((message) => message.id);
}

/** Follows the newest child from here down to its leaf. */
export function newestLeafBelow(messages: readonly StoredMessage[], id: string): string {
  let current = id;
  for (let depth = 0; depth < messages.length; depth += 1) {
    const newest = messages
      .filter((message) => message.parentId === current)
      .sort(byAge)
      .at(-1);
    if (!newest) break;
    current = newest.id;
  }
  return current;
}

/** The leaf to show when the conversation names none: the newest message that nobody answers. */
export function defaultLeafId(messages: readonly StoredMessage[]): string | null {
  const parents = new Set(messages.map((message) => message.parentId));
  return (
    messages
      .filter((message) => !parents.has(message.id))
      .sort(byAge)
      .at(-1)?.id ?? null
  );
}

function byAge(left: StoredMessage, right: StoredMessage): number {
  return left.createdAt.localeCompare(right.createdAt) || left.id.localeCompare(right.id);
}
