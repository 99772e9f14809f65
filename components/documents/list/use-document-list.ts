"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { isWorking } from "@/components/documents/document-words.ts";
import { usePolled } from "@/components/http/use-polled.ts";
import {
  collectionStatusSchema,
  type DocumentFilter,
  type DocumentSort,
  documentListSchema,
} from "@/lib/knowledge/schema.ts";

/** Documents on one page of the list. */
export const PAGE_SIZE = 100;
const READ_EVERY_MS = { moving: 1_500, resting: 20_000 } as const;

/** What of the list is wanted. */
export interface ListView {
  readonly filter: DocumentFilter | null;
  readonly words: string;
  readonly sort: DocumentSort;
  readonly order: "asc" | "desc";
}

const FIRST_VIEW: ListView = { filter: null, words: "", sort: "added", order: "desc" };

function listPath(collectionId: string, view: ListView, cursor: string | undefined): string {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), sort: view.sort, order: view.order });
  if (view.filter !== null) query.set("state", view.filter);
  if (view.words !== "") query.set("q", view.words);
  if (cursor !== undefined) query.set("before", cursor);
  return `/api/collections/${collectionId}/documents?${query}`;
}

/**
 * One page of a collection's documents and how far all of them are; read again every moment while any is being read.
 *
 * @param revision grows when something was added elsewhere.
 * @param onLost is called when the list can no longer be read.
 */
export function useDocumentList(collectionId: string, revision: number, onLost: () => void) {
  const [view, setView] = useState(FIRST_VIEW);
  // Where each page before this one ended; empty on the first.
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const [isMoving, setIsMoving] = useState(true);
  const everyMs = isMoving ? READ_EVERY_MS.moving : READ_EVERY_MS.resting;
  const list = usePolled(listPath(collectionId, view, cursors.at(-1)), documentListSchema, {
    initial: null,
    everyMs,
  });
  const status = usePolled(`/api/collections/${collectionId}/status`, collectionStatusSchema, {
    initial: null,
    everyMs,
  });
  const hasWork = (status.data?.counts.working ?? 0) > 0 || (list.data?.documents.some(isWorking) ?? true);
  useEffect(() => setIsMoving(hasWork), [hasWork]);
  useEffect(() => {
    if (list.isStale) onLost();
  }, [list.isStale, onLost]);

  const { refresh: refreshList } = list;
  const { refresh: refreshStatus } = status;
  const refresh = useCallback(() => {
    refreshList();
    refreshStatus();
  }, [refreshList, refreshStatus]);
  const readRevision = useRef(revision);
  useEffect(() => {
    if (readRevision.current === revision) return;
    readRevision.current = revision;
    refresh();
  }, [refresh, revision]);

  const change = useCallback((changed: Partial<ListView>) => {
    setView((shown) => ({ ...shown, ...changed }));
    setCursors([]);
  }, []);
  const next = list.data?.next ?? null;
  const turn = useCallback(
    (way: "next" | "previous") =>
      setCursors((shown) =>
        way === "previous" ? shown.slice(0, -1) : next === null ? shown : [...shown, next],
      ),
    [next],
  );
  return {
    view,
    change,
    documents: list.data?.documents ?? null,
    status: status.data,
    page: cursors.length + 1,
    hasNext: next !== null,
    turn,
    refresh,
  };
}

export type DocumentListState = ReturnType<typeof useDocumentList>;
