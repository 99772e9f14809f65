"use client";

import type { UseChatHelpers } from "@ai-sdk/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { newestLeafBelow, pathToLeaf } from "@/components/chat/message-tree.ts";
import { generationOf, toVouchMessage, type VouchMessage } from "@/components/chat/vouch-message.ts";
import type { AskOptions } from "@/components/chat/vouch-transport.ts";
import { requestDone } from "@/components/http/request-json.ts";
import type { StoredMessage } from "@/lib/chat/schema.ts";

interface ActionContext {
  readonly chat: UseChatHelpers<VouchMessage>;
  readonly tree: readonly StoredMessage[];
  readonly conversationId: string | undefined;
  readonly collectionIds: readonly string[] | undefined;
  readonly modelId: string | undefined;
  readonly isBusy: boolean;
}

/** What a reader can do in a conversation. The functions keep their identity while text streams. */
export function useConversationActions(context: ActionContext) {
  const latest = useRef(context);
  latest.current = context;
  /** Repeats what was asked last, after it could not be sent. */
  const repeat = useRef<() => void>(() => undefined);
  const { isStopping, stop } = useStop(context);

  const send = useCallback(
    (text: string, path: readonly VouchMessage[], parentId: string | null | undefined) => {
      const { chat } = latest.current;
      const options: AskOptions = {
        ...(parentId === undefined ? {} : { parentId }),
        ...settingsOf(latest.current),
      };
      chat.setMessages([...path]);
      // Asked again as things are chosen then: another model, when this one was the trouble.
      repeat.current = () => void chat.regenerate({ body: { ...options, ...settingsOf(latest.current) } });
      void chat.sendMessage({ text }, { body: options });
    },
    [],
  );

  /** Asks below the last answer shown. A question that was never answered makes room. */
  const ask = useCallback(
    (text: string) => {
      const { messages } = latest.current.chat;
      const path = messages.slice(0, messages.findLastIndex((message) => message.role === "assistant") + 1);
      send(text, path, path.at(-1)?.id);
    },
    [send],
  );

  /** Asks another version of a question; the old one is kept beside it. */
  const editQuestion = useCallback(
    (id: string, text: string) => {
      const { messages } = latest.current.chat;
      const path = messages.slice(
        0,
        messages.findIndex((message) => message.id === id),
      );
      send(text, path, path.at(-1)?.id ?? null);
    },
    [send],
  );

  /** Writes another answer beside this one, from another search when one is given. */
  const writeAgain = useCallback((messageId: string, searchedQuestion?: string) => {
    const { chat } = latest.current;
    const path = chat.messages;
    const optionsNow = (): AskOptions => ({
      ...settingsOf(latest.current),
      ...(searchedQuestion === undefined ? {} : { searchedQuestion }),
    });
    repeat.current = () => {
      chat.setMessages(path);
      void chat.regenerate({ messageId, body: optionsNow() });
    };
    void chat.regenerate({ messageId, body: optionsNow() });
  }, []);
  const regenerate = useCallback((messageId: string) => writeAgain(messageId), [writeAgain]);

  /** Shows another version and what follows it. */
  const showSibling = useCallback((id: string) => {
    const { tree, chat, conversationId } = latest.current;
    const activeLeafId = newestLeafBelow(tree, id);
    chat.setMessages(pathToLeaf(tree, activeLeafId).map(toVouchMessage));
    const request = { method: "PATCH", body: { activeLeafId } } as const;
    // Only remembers the choice for the next visit; losing it harms nothing.
    void requestDone(`/api/conversations/${conversationId}`, request).catch(() => undefined);
  }, []);

  const retry = useCallback(() => repeat.current(), []);

  return { ask, editQuestion, regenerate, searchAgain: writeAgain, showSibling, retry, stop, isStopping };
}

/** Where is searched and who answers, as chosen now. */
function settingsOf({ collectionIds, modelId }: ActionContext): AskOptions {
  return {
    ...(collectionIds ? { collectionIds: [...collectionIds] } : {}),
    ...(modelId === undefined ? {} : { options: { model: modelId } }),
  };
}

/** Ends the running answer on the server; the stream then ends by itself and the text so far is kept. */
function useStop({ chat, isBusy }: ActionContext) {
  const [isStopping, setIsStopping] = useState(false);
  useEffect(() => {
    if (!isBusy) setIsStopping(false);
  }, [isBusy]);
  const answer = chat.messages.at(-1);
  const generationId = answer?.role === "assistant" ? generationOf(answer)?.generationId : undefined;
  const stop = useCallback(() => {
    if (!generationId) return;
    setIsStopping(true);
    requestDone(`/api/generations/${generationId}/stop`, { method: "POST" }).catch(() =>
      setIsStopping(false),
    );
  }, [generationId]);
  return { isStopping, stop: generationId ? stop : undefined };
}
