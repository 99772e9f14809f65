"use client";

import { useCallback } from "react";
import { requestJson } from "@/components/http/request-json.ts";
import type { SourceTarget } from "@/components/sources/source-target.ts";
import { useLoaded } from "@/components/sources/use-loaded.ts";
import { documentSchema } from "@/lib/knowledge/schema.ts";

/** Says that an earlier version of a document is on the screen; nothing for the version that searches see. */
export function VersionNotice({ target }: { readonly target: SourceTarget }) {
  const { documentId, versionId } = target;
  const load = useCallback(
    (signal: AbortSignal) => requestJson(`/api/documents/${documentId}`, documentSchema, { signal }),
    [documentId],
  );
  const { loaded } = useLoaded(load);
  // A document that cannot be opened says so itself, where its text would stand.
  if (loaded.state !== "ready" || loaded.value.activeVersionId === versionId) return null;
  return (
    <p role="status" className="shrink-0 border-line border-b bg-warn-soft px-4 py-2 text-sm">
      An earlier version of this document: the one the answer quotes. The document has been replaced since.
    </p>
  );
}
