"use client";

import { useCallback, useEffect, useState } from "react";
import { RequestError, requestJson } from "@/components/http/request-json.ts";
import { type Collection, collectionSchema } from "@/lib/knowledge/schema.ts";

/** A collection as the reader may see it now; read again when the page is seen again, for rights may have changed. */
export function useCollection(collectionId: string) {
  const [collection, setCollection] = useState<Collection | null>(null);
  const [error, setError] = useState<unknown>(null);
  const reload = useCallback(async () => {
    try {
      setCollection(await requestJson(`/api/collections/${collectionId}`, collectionSchema));
      setError(null);
    } catch (cause) {
      // Refused is gone at once; a lost connection leaves what is shown.
      if (cause instanceof RequestError && cause.status >= 400 && cause.status < 500) setCollection(null);
      setError(cause);
    }
  }, [collectionId]);
  useEffect(() => {
    void reload();
    const onVisible = () => {
      if (document.visibilityState === "visible") void reload();
    };
    document.addEventListener("visibilitychange", onVisible);
    return () => document.removeEventListener("visibilitychange", onVisible);
  }, [reload]);
  return { collection, error, reload };
}

export type LoadedCollection = ReturnType<typeof useCollection>;
