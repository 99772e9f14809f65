"use client";

import { useCallback, useEffect, useState } from "react";
import { requestJson } from "@/components/http/request-json.ts";
import { type OutdatedCitation, outdatedCitationListSchema } from "@/lib/chat/schema.ts";

const NONE: readonly OutdatedCitation[] = [];

/**
 * The citations of a conversation that no longer hold, by message. Asked for when the conversation is opened, when its
 * answers change, and whenever the reader comes back to the tab: documents change elsewhere.
 *
 * @param revision Changes when the conversation's stored messages do.
 */
export function useOutdated(
  conversationId: string | undefined,
  revision: unknown,
): (messageId: string) => readonly OutdatedCitation[] {
  const [byMessage, setByMessage] = useState<ReadonlyMap<string, readonly OutdatedCitation[]>>(new Map());
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision asks again.
  useEffect(() => {
    if (conversationId === undefined) return;
    const abort = new AbortController();
    const read = async () => {
      const path = `/api/conversations/${conversationId}/outdated`;
      const answer = await requestJson(path, outdatedCitationListSchema, { signal: abort.signal }).catch(
        () => null,
      );
      // What was known stays while it cannot be asked.
      if (answer && !abort.signal.aborted)
        setByMessage(Map.groupBy(answer.outdated, ({ messageId }) => messageId));
    };
    const onVisible = () => {
      if (document.visibilityState === "visible") void read();
    };
    void read();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      abort.abort();
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [conversationId, revision]);
  return useCallback((messageId: string) => byMessage.get(messageId) ?? NONE, [byMessage]);
}
