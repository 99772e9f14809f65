"use client";

import { mayWords } from "@/components/documents/access/level-words.ts";
import { LocalTime } from "@/components/evaluation/local-time.tsx";
import type { CollectionAccess } from "@/lib/knowledge/schema.ts";

type Change = CollectionAccess["changes"][number];

/** The latest lines of the audit log about the collection. */
export function AccessChanges({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <ol aria-label="Changes" className="flex flex-col gap-1.5 text-sm">
      {changes.map((change) => (
        <li
          key={`${change.at}:${change.action}:${change.person}`}
          className="flex flex-wrap justify-between gap-x-4"
        >
          <span>{changeWords(change)}</span>
          <span className="text-muted">
            <LocalTime iso={change.at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

/** What happened, as one sentence. */
export function changeWords({ action, actor, person, level, visibility }: Change): string {
  const by = `by ${actor ?? "the program"}`;
  const someone = person ?? "A person whose account is gone";
  const reach = visibility === "private" ? "the people on its list" : "everyone in the organisation";
  switch (action) {
    case "collection_access.set":
      return level === null ? `Changed ${by}.` : `${mayWords(someone, level).slice(0, -1)} (set ${by}).`;
    case "collection_access.remove":
      return `${someone} was removed ${by}.`;
    case "collection.create":
      return `Made ${by}${visibility === null ? "" : `, for ${reach}`}.`;
    case "collection.update":
      return visibility === null ? `Settings were changed ${by}.` : `Opened to ${reach} ${by}.`;
    default:
      return `Changed ${by}.`;
  }
}
