"use client";

import { useCallback } from "react";
import { requestJson } from "@/components/http/request-json.ts";
import { loadPdf } from "@/components/sources/load-pdf.ts";
import { useLoaded } from "@/components/sources/use-loaded.ts";
import { documentPageSchema } from "@/lib/knowledge/schema.ts";

/** The printed file of a version, and where the words of one of its pages stand; each loads and fails by itself. */
export function usePdfPage(documentId: string, versionId: string, page: number) {
  const loadFile = useCallback(
    (signal: AbortSignal) => loadPdf({ documentId, versionId }, signal),
    [documentId, versionId],
  );
  const loadPage = useCallback(
    (signal: AbortSignal) =>
      requestJson(`/api/documents/${documentId}/pages/${page}?version=${versionId}`, documentPageSchema, {
        signal,
      }),
    [documentId, versionId, page],
  );
  return { file: useLoaded(loadFile), layout: useLoaded(loadPage) };
}
