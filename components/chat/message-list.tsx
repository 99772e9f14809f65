"use client";

import Link from "next/link";
import { AnswerWaiting } from "@/components/chat/answer-state.tsx";
import { AssistantMessage } from "@/components/chat/assistant-message.tsx";
import { RetryButton } from "@/components/chat/retry-button.tsx";
import type { ConversationHandle } from "@/components/chat/use-conversation.ts";
import { UserMessage } from "@/components/chat/user-message.tsx";
import { errorSentence, RequestError } from "@/components/http/request-json.ts";
import type { SourceTarget } from "@/components/sources/source-target.ts";
import { Button } from "@/components/ui/button.tsx";
import { Notice } from "@/components/ui/notice.tsx";

const NO_SIBLINGS: readonly string[] = [];

export interface MessageListProps {
  readonly handle: ConversationHandle;
  readonly onOpenSource: (target: SourceTarget, opener: HTMLElement) => void;
}

/** Questions and answers of the branch on the screen. */
export function MessageList({ handle, onOpenSource }: MessageListProps) {
  const { messages, isBusy } = handle;
  const last = messages.at(-1);
  return (
    <div className="flex flex-col gap-7">
      {messages.map((message) =>
        message.role === "user" ? (
          <UserMessage
            key={message.id}
            message={message}
            isBusy={isBusy}
            siblings={handle.siblings.get(message.id) ?? NO_SIBLINGS}
            onEdit={handle.editQuestion}
            onShowSibling={handle.showSibling}
          />
        ) : (
          <AssistantMessage
            key={message.id}
            message={message}
            isLive={isBusy && message === last}
            isBusy={isBusy}
            siblings={handle.siblings.get(message.id) ?? NO_SIBLINGS}
            outdated={handle.outdatedOf(message.id)}
            onRegenerate={handle.regenerate}
            onSearchAgain={handle.searchAgain}
            onShowSibling={handle.showSibling}
            onOpenSource={onOpenSource}
          />
        ),
      )}
      {isBusy && last?.role === "user" && <AnswerWaiting />}
      {handle.error && !isBusy && <SendError error={handle.error} onRetry={handle.retry} />}
    </div>
  );
}

interface SendErrorProps {
  readonly error: Error;
  readonly onRetry: () => void;
}

function SendError({ error, onRetry }: SendErrorProps) {
  const isSignedOut = error instanceof RequestError && error.code === "not_signed_in";
  return (
    <Notice
      tone="danger"
      role="alert"
      actions={
        isSignedOut ? (
          <Button asChild size="small">
            <Link href="/sign-in">Sign in</Link>
          </Button>
        ) : (
          <RetryButton
            notBeforeMs={error instanceof RequestError ? error.retryAtMs : null}
            onRetry={onRetry}
          />
        )
      }
    >
      {errorSentence(error)}
    </Notice>
  );
}
