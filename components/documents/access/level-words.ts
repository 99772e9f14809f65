import type { AccessLevel } from "@/lib/knowledge/schema.ts";

/** What each level allows, in words. */
export const LEVELS: readonly { readonly level: AccessLevel; readonly words: string }[] = [
  { level: "read", words: "Can read" },
  { level: "write", words: "Can add and remove documents" },
  { level: "manage", words: "Can manage" },
];

const MAY: Readonly<Record<AccessLevel, string>> = {
  read: "may read",
  write: "may read and write",
  manage: "may read, write and manage",
};

/** "Ann Smith may read": what is said once a change is done. */
export function mayWords(name: string, level: AccessLevel): string {
  return `${name} ${MAY[level]}.`;
}
