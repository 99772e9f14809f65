"use client";

import { useState } from "react";
import { errorSentence } from "@/components/http/request-json.ts";

/** A request that a person sends by a button: whether it is under way, and the sentence when it failed. */
export function useSubmit() {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(errorSentence(failure));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, error, clearError: () => setError(null), submit };
}
