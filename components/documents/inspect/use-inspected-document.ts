"use client";

import { useCallback, useEffect, useState } from "react";
import { isWorking } from "@/components/documents/document-words.ts";
import { requestJson } from "@/components/http/request-json.ts";
import {
  type Document,
  type DocumentIndex,
  documentIndexSchema,
  documentSchema,
} from "@/lib/knowledge/schema.ts";

const READ_EVERY_MS = 1_500;

/** A document and what the index sees of it, followed while it is being read. */
export function useInspectedDocument(documentId: string) {
  const [loaded, setLoaded] = useState<{ document: Document; index: DocumentIndex } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const reload = useCallback(async () => {
    try {
      const [document, index] = await Promise.all([
        requestJson(`/api/documents/${documentId}`, documentSchema),
        requestJson(`/api/documents/${documentId}/index`, documentIndexSchema),
      ]);
      setLoaded({ document, index });
      setError(null);
    } catch (cause) {
      setLoaded(null);
      setError(cause);
    }
  }, [documentId]);
  useEffect(() => void reload(), [reload]);
  const isMoving = loaded !== null && isWorking(loaded.document);
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => void reload(), READ_EVERY_MS);
    return () => clearInterval(timer);
  }, [isMoving, reload]);
  return { loaded, error, reload };
}
