"use client";

import type { AnswerModel } from "@/components/chat/answer-model.ts";
import { ConversationView } from "@/components/chat/conversation-view.tsx";
import { useShell } from "@/components/shell/shell-context.tsx";

export interface StartViewProps {
  readonly suggestions: readonly string[];
  readonly models: readonly AnswerModel[];
  readonly personId: string;
}

/** A conversation that begins with the first question; begins afresh whenever "New conversation" is chosen. */
export function StartView({ suggestions, models, personId }: StartViewProps) {
  const { newConversationCount } = useShell();
  return (
    <ConversationView
      key={newConversationCount}
      conversation={null}
      suggestions={suggestions}
      models={models}
      personId={personId}
    />
  );
}
