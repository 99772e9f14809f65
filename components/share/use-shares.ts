"use client";

import { useCallback, useEffect, useState } from "react";
import { z } from "zod";
import { errorSentence, requestDone, requestJson } from "@/components/http/request-json.ts";
import { type Share, shareSchema } from "@/lib/chat/schema.ts";

const listSchema = z.object({ shares: z.array(shareSchema) });

/** Links and what can be done with them; null until they are there. */
export function useShares(path: string, isWanted: boolean) {
  const [shares, setShares] = useState<readonly Share[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const reload = useCallback(async () => {
    try {
      const list = await requestJson(path, listSchema);
      setShares(list.shares);
      setError(null);
    } catch (cause) {
      setError(errorSentence(cause));
    }
  }, [path]);
  useEffect(() => {
    if (isWanted) void reload();
  }, [isWanted, reload]);
  const revoke = useCallback(
    async (id: string) => {
      try {
        await requestDone(`/api/shares/${id}`, { method: "DELETE" });
      } catch (cause) {
        setError(errorSentence(cause));
      }
      await reload();
    },
    [reload],
  );
  return { shares, error, reload, revoke };
}

/** Whether a link can still be opened, and what to call its state. */
export function shareState(share: Share, now: Date): "active" | "revoked" | "expired" {
  if (share.revokedAt !== null) return "revoked";
  if (share.expiresAt !== null && new Date(share.expiresAt) <= now) return "expired";
  return "active";
}
