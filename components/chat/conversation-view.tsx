"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { Announcer } from "@/components/chat/announcer.tsx";
import type { AnswerModel } from "@/components/chat/answer-model.ts";
import { ConversationFooter } from "@/components/chat/conversation-footer.tsx";
import { ConversationHeader } from "@/components/chat/conversation-header.tsx";
import { EmptyState } from "@/components/chat/empty-state.tsx";
import { MessageList } from "@/components/chat/message-list.tsx";
import { useChosenModel } from "@/components/chat/use-chosen-model.ts";
import { useConversation } from "@/components/chat/use-conversation.ts";
import { useStickToBottom } from "@/components/chat/use-stick-to-bottom.ts";
import { messageText, type VouchMessage } from "@/components/chat/vouch-message.ts";
import { useShell } from "@/components/shell/shell-context.tsx";
import { SourcePanel } from "@/components/sources/source-panel.tsx";
import { useSourcePanel } from "@/components/sources/use-source-panel.ts";
import type { Conversation } from "@/lib/chat/schema.ts";

export interface ConversationViewProps {
  /** Null shows the empty state; the conversation begins with the first question. */
  readonly conversation: Conversation | null;
  readonly suggestions: readonly string[];
  /** Models a person may choose, the default first. */
  readonly models: readonly AnswerModel[];
  /** Whose choice of a model is remembered. */
  readonly personId: string;
}

/** One conversation: questions and answers, the composer, and the source beside them when one is open. */
export function ConversationView({ conversation, suggestions, models, personId }: ConversationViewProps) {
  const { refreshConversations } = useShell();
  const [collectionIds, setCollectionIds] = useState<readonly string[] | undefined>(
    conversation && conversation.collectionIds.length > 0 ? conversation.collectionIds : undefined,
  );
  const onChange = useCallback(
    (id: string) => {
      // The address follows without a navigation, so that the running answer is not torn down.
      if (window.location.pathname !== `/c/${id}`) window.history.replaceState(null, "", `/c/${id}`);
      refreshConversations();
    },
    [refreshConversations],
  );
  const { model, choose } = useChosenModel(models, personId);
  const handle = useConversation({ initial: conversation, collectionIds, modelId: model?.id, onChange });
  const panel = useSourcePanel();
  const scroll = useStickToBottom();
  const field = useRef<HTMLTextAreaElement>(null);
  useFocusOnFinePointer(field, conversation === null);
  const ask = (text: string) => {
    handle.ask(text);
    scroll.jumpToBottom();
  };
  const isEmpty = handle.messages.length === 0;

  return (
    <div className="flex h-full min-w-0">
      <section
        aria-label="Conversation"
        className="flex h-full min-w-0 flex-1 flex-col"
        inert={panel.isCovering && panel.target !== null}
      >
        {!isEmpty && (
          <ConversationHeader
            conversationId={handle.conversationId}
            title={handle.title ?? firstQuestion(handle.messages)}
          />
        )}
        <div
          ref={scroll.scroller}
          className="min-h-0 flex-1 overflow-y-auto [scrollbar-gutter:stable_both-edges]"
        >
          <div ref={scroll.content} className="mx-auto w-full max-w-(--container-measure) px-4 py-6 sm:px-6">
            {isEmpty && <EmptyState suggestions={suggestions} onAsk={ask} />}
            <MessageList handle={handle} onOpenSource={panel.open} />
          </div>
        </div>
        <Announcer
          isSubmitted={handle.isSubmitted}
          isBusy={handle.isBusy}
          lastMessage={handle.messages.at(-1)}
        />
        <ConversationFooter
          field={field}
          handle={handle}
          scroll={scroll}
          models={models}
          model={model}
          onModel={choose}
          collectionIds={collectionIds}
          onCollectionIds={setCollectionIds}
          onAsk={ask}
        />
      </section>
      {panel.target && (
        <SourcePanel target={panel.target} isCovering={panel.isCovering} onClose={panel.close} />
      )}
    </div>
  );
}

/** Stands in for the title until the server has made one. */
function firstQuestion(messages: readonly VouchMessage[]): string {
  const question = messages.find((message) => message.role === "user");
  return question ? messageText(question) : "New conversation";
}

/** Puts the cursor where one types, unless that would raise an on-screen keyboard. */
function useFocusOnFinePointer(field: RefObject<HTMLElement | null>, isWanted: boolean): void {
  useEffect(() => {
    if (isWanted && window.matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, [field, isWanted]);
}
