"use client";

import { useCallback, useState } from "react";
import { errorSentence, requestJson } from "@/components/http/request-json.ts";
import { type DocumentBatch, documentBatchResultSchema } from "@/lib/knowledge/schema.ts";

export type DocumentAction = DocumentBatch["action"];

/** As many as the server takes in one request. */
const BATCH_MAX = 100;

const DONE: Readonly<Record<DocumentAction, (count: string) => string>> = {
  delete: (count) => `${count} deleted.`,
  retry: (count) => `${count} read again.`,
  cancel: (count) => `${count} cancelled.`,
  pause: (count) => `${count} paused.`,
  resume: (count) => `${count} resumed.`,
};

/** Does something with one document or several, and says what became of it. */
export function useDocumentActions(collectionId: string, onChanged: () => void) {
  const [isBusy, setIsBusy] = useState(false);
  const [said, setSaid] = useState("");
  const [error, setError] = useState<string | null>(null);
  const run = useCallback(
    async (action: DocumentAction, documentIds: readonly string[]) => {
      setIsBusy(true);
      setError(null);
      try {
        const failures: string[] = [];
        let done = 0;
        for (let from = 0; from < documentIds.length; from += BATCH_MAX) {
          const body = { action, documentIds: documentIds.slice(from, from + BATCH_MAX) };
          const result = await requestJson(
            `/api/collections/${collectionId}/documents/batch`,
            documentBatchResultSchema,
            { method: "POST", body },
          );
          done += result.done.length;
          failures.push(...result.failed.map(({ message }) => message));
        }
        setSaid(done === 0 ? "" : DONE[action](done === 1 ? "1 document" : `${done} documents`));
        if (failures.length > 0) setError(failureWords(failures));
      } catch (cause) {
        setError(errorSentence(cause));
      }
      setIsBusy(false);
      onChanged();
    },
    [collectionId, onChanged],
  );
  return { isBusy, said, error, run };
}

function failureWords(messages: readonly string[]): string {
  const first = messages[0] ?? "";
  return messages.length === 1 ? first : `${messages.length} documents were left as they are: ${first}`;
}
