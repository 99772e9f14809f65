"use client";

import { useCallback, useEffect, useState } from "react";
import type { AnswerModel } from "@/components/chat/answer-model.ts";

function storageKey(personId: string): string {
  return `vouch-model:${personId}`;
}

function readChoice(personId: string): string | null {
  try {
    return localStorage.getItem(storageKey(personId));
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
    return null;
  }
}

/**
 * The model the next question goes to, remembered for this person in this browser. A choice the server no longer offers
 * gives way to the default, which is the first.
 */
export function useChosenModel(models: readonly AnswerModel[], personId: string) {
  const [chosenId, setChosenId] = useState<string | null>(null);
  useEffect(() => setChosenId(readChoice(personId)), [personId]);
  const choose = useCallback(
    (id: string) => {
      setChosenId(id);
      try {
        localStorage.setItem(storageKey(personId), id);
      } catch {
        // As above.
      }
    },
    [personId],
  );
  const model = models.find(({ id }) => id === chosenId) ?? models[0] ?? null;
  return { model, choose };
}
