"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { errorSentence, requestJson } from "@/components/http/request-json.ts";
import { ACCEPTED_WORDS, isAcceptedName } from "@/components/uploads/accepted-files.ts";
import { uploadFile } from "@/components/uploads/upload-file.ts";
import { type Collection, collectionListSchema, documentSchema } from "@/lib/knowledge/schema.ts";

/** One file on its way into a collection. */
export interface Upload {
  readonly key: number;
  readonly fileName: string;
  readonly phase: "sending" | "processing" | "ready" | "failed";
  /** Of the current phase, 0 to 1. */
  readonly progress: number;
  readonly error: string | null;
  readonly documentId: string | null;
}

const POLL_EVERY_MS = 800;

/** The collection into which a person's own files go. */
export function personalCollection(collections: readonly Collection[]): Collection | undefined {
  const own = collections.filter(
    (collection) => collection.visibility === "private" && collection.level !== "read",
  );
  return own.find((collection) => collection.name === "My documents") ?? own[0];
}

let nextKey = 1;

/** Files being sent and read, several at once; each fails or succeeds by itself. */
export function useUploadQueue(onReady: () => void) {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const update = useCallback((key: number, change: Partial<Upload>) => {
    setUploads((all) => all.map((upload) => (upload.key === key ? { ...upload, ...change } : upload)));
  }, []);

  const start = useCallback(
    async (key: number, file: File, collectionId: string | undefined) => {
      try {
        if (!isAcceptedName(file.name))
          throw new RefusedHereError(`This kind of file cannot be read. Add ${ACCEPTED_WORDS}.`);
        const target = collectionId ?? (await findPersonalCollectionId());
        const onProgress = (progress: number) => update(key, { progress });
        const { id } = await uploadFile({ collectionId: target, file, onProgress });
        update(key, { phase: "processing", progress: 0, documentId: id });
      } catch (error) {
        const sentence = error instanceof RefusedHereError ? error.message : errorSentence(error);
        update(key, { phase: "failed", error: sentence });
      }
    },
    [update],
  );

  const addFiles = useCallback(
    (files: readonly File[], collectionId?: string) => {
      for (const file of files) {
        const key = nextKey++;
        const upload = {
          key,
          fileName: file.name,
          phase: "sending",
          progress: 0,
          error: null,
          documentId: null,
        } as const;
        setUploads((all) => [...all, upload]);
        void start(key, file, collectionId);
      }
    },
    [start],
  );

  const dismiss = useCallback(
    (key: number) => setUploads((all) => all.filter((upload) => upload.key !== key)),
    [],
  );
  usePolling(uploads, update, onReady);
  return { uploads, addFiles, dismiss };
}

/** Refused before anything was sent; the message is for the reader. */
class RefusedHereError extends Error {}

async function findPersonalCollectionId(): Promise<string> {
  const { collections } = await requestJson("/api/collections", collectionListSchema);
  const own = personalCollection(collections);
  if (!own) throw new RefusedHereError("You have no collection of your own to add files to.");
  return own.id;
}

/** Asks for the state of every document that is still being read. */
function usePolling(
  uploads: readonly Upload[],
  update: (key: number, change: Partial<Upload>) => void,
  onReady: () => void,
): void {
  const waiting = uploads.filter((upload) => upload.phase === "processing");
  const latest = useRef(waiting);
  latest.current = waiting;
  const isWaiting = waiting.length > 0;

  useEffect(() => {
    if (!isWaiting) return;
    const poll = async (upload: Upload) => {
      const document = await requestJson(`/api/documents/${upload.documentId}`, documentSchema).catch(
        () => null,
      );
      if (!document) return;
      if (document.state === "failed") {
        update(upload.key, {
          phase: "failed",
          error: document.stateDetail ?? "The document could not be read.",
        });
      } else if (document.state === "ready") {
        update(upload.key, { phase: "ready", progress: 1 });
        onReady();
      } else {
        update(upload.key, { progress: document.progress });
      }
    };
    const timer = setInterval(() => {
      for (const upload of latest.current) void poll(upload);
    }, POLL_EVERY_MS);
    return () => clearInterval(timer);
  }, [isWaiting, update, onReady]);
}
