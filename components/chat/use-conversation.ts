"use client";

import { useChat } from "@ai-sdk/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { defaultLeafId, pathToLeaf, siblingIds } from "@/components/chat/message-tree.ts";
import { useConversationActions } from "@/components/chat/use-conversation-actions.ts";
import { useOutdated } from "@/components/chat/use-outdated.ts";
import { toVouchMessage, type VouchMessage } from "@/components/chat/vouch-message.ts";
import { VouchTransport } from "@/components/chat/vouch-transport.ts";
import { requestJson } from "@/components/http/request-json.ts";
import { type Conversation, conversationSchema, type StoredMessage } from "@/lib/chat/schema.ts";
import { newId } from "@/lib/shared/ids.ts";

/** How often the screen is redrawn while text streams. */
const REDRAW_EVERY_MS = 60;

export interface ConversationOptions {
  /** Null for a conversation that begins with the first question. */
  readonly initial: Conversation | null;
  /** Collections to search; undefined means all. */
  readonly collectionIds: readonly string[] | undefined;
  /** The model that answers; the server's default when absent. */
  readonly modelId: string | undefined;
  /** Called once a new conversation has its id, and after each answer (the title may have changed). */
  readonly onChange: (conversationId: string) => void;
}

/** State of one conversation on the screen and everything that can be done to it. */
export type ConversationHandle = ReturnType<typeof useConversation>;

function shownPath(conversation: Pick<Conversation, "messages" | "activeLeafId">): VouchMessage[] {
  const leafId = conversation.activeLeafId ?? defaultLeafId(conversation.messages);
  return pathToLeaf(conversation.messages, leafId).map(toVouchMessage);
}

export function useConversation({ initial, collectionIds, modelId, onChange }: ConversationOptions) {
  const [tree, setTree] = useState<readonly StoredMessage[]>(initial?.messages ?? []);
  const [title, setTitle] = useState(initial?.title ?? null);
  const [conversationId, setConversationId] = useState(initial?.id);
  const [isConnectionLost, setIsConnectionLost] = useState(false);
  const [localId] = useState(newId);
  const [transport] = useState(
    () => new VouchTransport({ conversationId: initial?.id, onConnectionLost: setIsConnectionLost }),
  );
  const [firstMessages] = useState(() => (initial ? shownPath(initial) : []));
  const chat = useChat<VouchMessage>({
    id: localId,
    messages: firstMessages,
    transport,
    generateId: newId,
    throttle: REDRAW_EVERY_MS,
    onData: (part) => {
      if (part.type !== "data-generation" || conversationId !== undefined) return;
      setConversationId(part.data.conversationId);
      onChange(part.data.conversationId);
    },
  });
  const { setMessages, status, messages } = chat;
  const { isResuming, resume } = useResume(chat.resumeStream, initial);
  const isBusy = isResuming || status === "submitted" || status === "streaming";

  const takeStored = useCallback(
    (stored: Conversation) => {
      setTree(stored.messages);
      setTitle(stored.title);
      setMessages(shownPath(stored));
      onChange(stored.id);
      resume(stored);
    },
    [setMessages, onChange, resume],
  );
  useStoredTruth(transport, { isBusy, hasFailed: status === "error" }, takeStored);
  const actions = useConversationActions({ chat, tree, conversationId, collectionIds, modelId, isBusy });
  const outdatedOf = useOutdated(conversationId, tree);
  const siblings = useMemo(
    () => new Map(messages.map((message) => [message.id, siblingIds(tree, message.id)])),
    [messages, tree],
  );

  return {
    ...actions,
    conversationId,
    title,
    messages,
    isBusy,
    /** The question is on its way and no answer has begun. */
    isSubmitted: status === "submitted",
    isConnectionLost,
    error: chat.error,
    siblings,
    /** The citations of a message that no longer hold. */
    outdatedOf,
  };
}

/** Joins an answer that is already being written: after a reload, or when another tab asked. Each is joined once. */
function useResume(resumeStream: () => Promise<void>, initial: Conversation | null) {
  const [isResuming, setIsResuming] = useState(initial?.activeGeneration != null);
  const joined = useRef<string | null>(null);
  const resume = useCallback(
    (stored: Conversation) => {
      const id = stored.activeGeneration?.id;
      if (id === undefined || id === joined.current) return;
      joined.current = id;
      setIsResuming(true);
      void resumeStream().finally(() => setIsResuming(false));
    },
    [resumeStream],
  );
  useEffect(() => {
    if (initial) resume(initial);
    return () => {
      joined.current = null;
    };
  }, [initial, resume]);
  return { isResuming, resume };
}

/**
 * After each answer, and when the reader comes back to the tab, takes over what the server holds: ids, verdicts,
 * title, answers written in another tab. What is on the screen stays while a request fails or an answer runs.
 */
function useStoredTruth(
  transport: VouchTransport,
  { isBusy, hasFailed }: { readonly isBusy: boolean; readonly hasFailed: boolean },
  take: (stored: Conversation) => void,
): void {
  const busyRuns = useRef(0);
  const wasBusy = useRef(false);
  // A question that could not be sent is nowhere but on the screen.
  const isBlocked = useRef(isBusy || hasFailed);
  isBlocked.current = isBusy || hasFailed;

  const reload = useCallback(async () => {
    const id = transport.conversationId;
    const run = busyRuns.current;
    if (id === undefined || isBlocked.current) return;
    const stored = await requestJson(`/api/conversations/${id}`, conversationSchema).catch(() => null);
    if (stored && !isBlocked.current && run === busyRuns.current) take(stored);
  }, [transport, take]);

  useEffect(() => {
    if (isBusy) busyRuns.current += 1;
    else if (wasBusy.current) void reload();
    wasBusy.current = isBusy;
  }, [isBusy, reload]);

  useEffect(() => {
    const onVisible = () => {
      if (document.visibilityState === "visible") void reload();
    };
    document.addEventListener("visibilitychange", onVisible);
    return () => document.removeEventListener("visibilitychange", onVisible);
  }, [reload]);
}
