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
  readonly phase: "waiting" | "sending" | "processing" | "ready" | "failed";
  /** Of the current phase, 0 to 1. */
  readonly progress: number;
  readonly error: string | null;
  readonly documentId: string | null;
}

const POLL_EVERY_MS = 800;
/** Files sent at a time, and documents asked about at a time: thousands may be dropped at once. */
const SENDING_MAX = 4;
const POLLED_MAX = 8;

/** The collection into which a person's own files go. */
export function personalCollection(collections: readonly Collection[]): Collection | undefined {
  const own = collections.filter(
    (collection) => collection.visibility === "private" && collection.level !== "read",
  );
  return own.find((collection) => collection.name === "My documents") ?? own[0];
}

let nextKey = 1;

interface WaitingFile {
  readonly key: number;
  readonly file: File;
  readonly collectionId: string | undefined;
}

/** Files being sent and read, several at once; each fails or succeeds by itself. */
export function useUploadQueue(onReady: () => void) {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const update = useCallback((key: number, change: Partial<Upload>) => {
    setUploads((all) => all.map((upload) => (upload.key === key ? { ...upload, ...change } : upload)));
  }, []);

  const waiting = useRef<WaitingFile[]>([]);
  const sendingCount = useRef(0);

  const send = useCallback(
    async ({ key, file, collectionId }: WaitingFile) => {
      try {
        if (!isAcceptedName(file.name))
          throw new RefusedHereError(`This kind of file cannot be read. Add ${ACCEPTED_WORDS}.`);
        update(key, { phase: "sending" });
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

  const sendWaiting = useCallback(async () => {
    if (sendingCount.current >= SENDING_MAX) return;
    sendingCount.current += 1;
    for (let next = waiting.current.shift(); next !== undefined; next = waiting.current.shift()) {
      await send(next);
    }
    sendingCount.current -= 1;
  }, [send]);

  const addFiles = useCallback(
    (files: readonly File[], collectionId?: string) => {
      const added = files.map((file) => ({ key: nextKey++, file, collectionId }));
      waiting.current.push(...added);
      setUploads((all) => [...all, ...added.map(({ key, file }) => newUpload(key, file))]);
      for (let sender = 0; sender < SENDING_MAX; sender += 1) void sendWaiting();
    },
    [sendWaiting],
  );

  const dismiss = useCallback((keys: readonly number[]) => {
    waiting.current = waiting.current.filter(({ key }) => !keys.includes(key));
    setUploads((all) => all.filter((upload) => !keys.includes(upload.key)));
  }, []);
  usePolling(uploads, update, onReady);
  return { uploads, addFiles, dismiss };
}

function newUpload(key: number, file: File): Upload {
  return { key, fileName: file.name, phase: "waiting", progress: 0, error: null, documentId: null };
}

/** Refused before anything was sent; the message is for the reader. */
class RefusedHereError extends Error {}

async function findPersonalCollectionId(): Promise<string> {
  const { collections } = await requestJson("/api/collections", collectionListSchema);
  const own = personalCollection(collections);
  if (!own) throw new RefusedHereError("You have no collection of your own to add files to.");
  return own.id;
}

/** Asks for the states of documents that are still being read, the first ones first. */
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
      if (document.state === "cancelled") {
        update(upload.key, { phase: "failed", error: "Reading was cancelled." });
      } else if (document.state === "failed") {
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
      for (const upload of latest.current.slice(0, POLLED_MAX)) void poll(upload);
    }, POLL_EVERY_MS);
    return () => clearInterval(timer);
  }, [isWaiting, update, onReady]);
}
