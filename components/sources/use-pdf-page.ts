"use client";

import { useCallback, useState } from "react";
import { requestJson } from "@/components/http/request-json.ts";
import { loadPdf, PdfLocked } from "@/components/sources/load-pdf.ts";
import { useLoaded } from "@/components/sources/use-loaded.ts";
import { documentPageSchema } from "@/lib/knowledge/schema.ts";

/**
 * The printed file of a version, and where the words of one of its pages stand; each loads and fails by itself. `lock` is
 * there while the file asks for a password, which is kept as long as the page is shown.
 */
export function usePdfPage(documentId: string, versionId: string, page: number) {
  const [entered, setEntered] = useState<{ versionId: string; password: string } | null>(null);
  const password = entered?.versionId === versionId ? entered.password : undefined;
  const loadFile = useCallback(
    (signal: AbortSignal) => loadPdf({ documentId, versionId, password }, signal),
    [documentId, versionId, password],
  );
  const loadPage = useCallback(
    (signal: AbortSignal) =>
      requestJson(`/api/documents/${documentId}/pages/${page}?version=${versionId}`, documentPageSchema, {
        signal,
      }),
    [documentId, versionId, page],
  );
  const file = useLoaded(loadFile);
  const error = file.loaded.state === "failed" ? file.loaded.error : null;
  const lock =
    error instanceof PdfLocked
      ? {
          isWrong: error.isWrong,
          onPassword: (given: string) => setEntered({ versionId, password: given }),
        }
      : null;
  return { file, layout: useLoaded(loadPage), lock };
}
