"use client";

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { DropOverlay } from "@/components/uploads/drop-overlay.tsx";
import { type Upload, useUploadQueue } from "@/components/uploads/use-upload-queue.ts";

export interface Uploads {
  readonly uploads: readonly Upload[];
  /** Sends files into the page's collection, or into the reader's own. */
  readonly addFiles: (files: readonly File[]) => void;
  readonly dismiss: (keys: readonly number[]) => void;
  /** Counts documents that became ready, so that lists know when to load again. */
  readonly readyCount: number;
  readonly setTargetCollectionId: (id: string | undefined) => void;
}

const UploadsContext = createContext<Uploads | null>(null);

/** Takes files dropped anywhere on the window. */
export function UploadsProvider({ children }: { readonly children: ReactNode }) {
  const [readyCount, setReadyCount] = useState(0);
  const target = useRef<string | undefined>(undefined);
  const onReady = useCallback(() => setReadyCount((count) => count + 1), []);
  const setTargetCollectionId = useCallback((id: string | undefined) => {
    target.current = id;
  }, []);
  const { uploads, addFiles, dismiss } = useUploadQueue(onReady);
  const value = useMemo<Uploads>(
    () => ({
      uploads,
      dismiss,
      readyCount,
      addFiles: (files) => addFiles(files, target.current),
      setTargetCollectionId,
    }),
    [uploads, addFiles, dismiss, readyCount, setTargetCollectionId],
  );
  return (
    <UploadsContext.Provider value={value}>
      {children}
      <DropOverlay onFiles={value.addFiles} />
    </UploadsContext.Provider>
  );
}

export function useUploads(): Uploads {
  const uploads = useContext(UploadsContext);
  if (!uploads) throw new Error("useUploads needs an UploadsProvider above it.");
  return uploads;
}

/** While this page is open, dropped files go into the given collection. */
export function useUploadTarget(collectionId: string | undefined): void {
  const { setTargetCollectionId } = useUploads();
  useEffect(() => {
    setTargetCollectionId(collectionId);
    return () => setTargetCollectionId(undefined);
  }, [collectionId, setTargetCollectionId]);
}
