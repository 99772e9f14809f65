"use client";

import { useEffect, useState } from "react";
import { requestJson } from "@/components/http/request-json.ts";
import { type Collection, collectionListSchema } from "@/lib/knowledge/schema.ts";

/** The collections the reader may search; null while loading or when they cannot be had. */
export function useCollections(revision: number): readonly Collection[] | null {
  const [collections, setCollections] = useState<readonly Collection[] | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision means "load again".
  useEffect(() => {
    const abort = new AbortController();
    requestJson("/api/collections", collectionListSchema, { signal: abort.signal }).then(
      (list) => setCollections(list.collections),
      // Without the list every collection is searched, which is the default anyway.
      () => undefined,
    );
    return () => abort.abort();
  }, [revision]);
  return collections;
}
