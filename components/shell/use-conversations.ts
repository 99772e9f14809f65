"use client";

import { useEffect, useState } from "react";
import { z } from "zod";
import { errorSentence, requestJson } from "@/components/http/request-json.ts";
import { type ConversationSummary, conversationSummarySchema } from "@/lib/chat/schema.ts";

const listSchema = z.object({ conversations: z.array(conversationSummarySchema) });
const TYPING_PAUSE_MS = 200;

export interface ConversationListState {
  /** Null until the first answer. The last list stays while a new one loads. */
  readonly conversations: readonly ConversationSummary[] | null;
  readonly error: string | null;
  /** When that list came; null until the first answer. */
  readonly loadedAt: Date | null;
}

/** The reader's conversations, all or those that hold the words of `query`. */
export function useConversations(query: string, revision: number): ConversationListState {
  const [state, setState] = useState<ConversationListState>({
    conversations: null,
    error: null,
    loadedAt: null,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision means "load again".
  useEffect(() => {
    const abort = new AbortController();
    const load = async () => {
      const words = query.trim();
      const path = words === "" ? "/api/conversations" : `/api/conversations?q=${encodeURIComponent(words)}`;
      try {
        const { conversations } = await requestJson(path, listSchema, { signal: abort.signal });
        setState({ conversations, error: null, loadedAt: new Date() });
      } catch (error) {
        if (abort.signal.aborted) return;
        setState((before) => ({ ...before, error: errorSentence(error) }));
      }
    };
    const timer = setTimeout(() => void load(), query === "" ? 0 : TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [query, revision]);
  return state;
}
