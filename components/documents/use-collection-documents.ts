"use client";

import { useCallback, useEffect, useState } from "react";
import { requestJson } from "@/components/http/request-json.ts";
import {
  type Collection,
  collectionListSchema,
  type Document,
  documentListSchema,
} from "@/lib/knowledge/schema.ts";

const POLL_EVERY_MS = 1500;

/** A collection with its documents, followed while any of them is still being read. */
export function useCollectionDocuments(collectionId: string, revision: number) {
  const [collection, setCollection] = useState<Collection | null>(null);
  const [documents, setDocuments] = useState<readonly Document[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const reload = useCallback(async () => {
    try {
      const [list, contents] = await Promise.all([
        requestJson("/api/collections", collectionListSchema),
        requestJson(`/api/collections/${collectionId}/documents`, documentListSchema),
      ]);
      setCollection(list.collections.find((candidate) => candidate.id === collectionId) ?? null);
      setDocuments(contents.documents);
      setError(null);
    } catch (cause) {
      setError(cause);
    }
  }, [collectionId]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision means "load again".
  useEffect(() => void reload(), [reload, revision]);

  const isMoving =
    documents?.some((document) => document.state !== "ready" && document.state !== "failed") ?? false;
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => void reload(), POLL_EVERY_MS);
    return () => clearInterval(timer);
  }, [isMoving, reload]);
  return { collection, documents, error, reload };
}
