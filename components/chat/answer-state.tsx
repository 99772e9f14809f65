import { RetryButton } from "@/components/chat/retry-button.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import type { GenerationData, GenerationState } from "@/lib/chat/schema.ts";

/** What a reader is told about an answer that waits or did not come whole; nothing for the ordinary states. */
export interface AnswerStateProps {
  readonly state: GenerationState;
  readonly generation: GenerationData | undefined;
  readonly hasText: boolean;
  readonly hasThoughts: boolean;
  /** Absent when another try makes no sense now. */
  readonly onRetry: (() => void) | undefined;
}

export function AnswerState({ state, generation, hasText, hasThoughts, onRetry }: AnswerStateProps) {
  if (state === "queued" || (state === "streaming" && !hasText))
    return <AnswerWaiting isThinking={hasThoughts} />;
  if (state === "stopped") {
    return (
      <p className="mt-3 text-muted text-sm">
        {hasText ? "Stopped here." : "Stopped before the first word."}
      </p>
    );
  }
  if (state !== "interrupted" && state !== "failed") return null;
  const isCut = state === "interrupted" && generation?.errorCode !== "content_filtered";
  const sentence = isCut ? interruptedSentence(hasText) : generation?.errorMessage;
  const retryAt = generation?.retryAt;
  return (
    <Notice
      tone={state === "failed" ? "danger" : "warn"}
      className="mt-4"
      actions={
        onRetry && (
          <RetryButton notBeforeMs={retryAt === undefined ? null : Date.parse(retryAt)} onRetry={onRetry} />
        )
      }
    >
      {sentence ?? "The answer could not be written."}
    </Notice>
  );
}

function interruptedSentence(hasText: boolean): string {
  return hasText
    ? "The answer broke off before its end. What arrived is kept."
    : "The answer broke off before its first word.";
}

/** In the place of an answer whose first word has not come. */
export function AnswerWaiting({ isThinking = false }: { readonly isThinking?: boolean }) {
  return (
    <div className="flex flex-col gap-4">
      {/* No paragraph: those hold the answer itself. While the model thinks, its thoughts stand above and say so. */}
      {!isThinking && <div className="text-muted">Searching your documents…</div>}
      <SkeletonText lines={3} label="The answer is on its way" />
    </div>
  );
}
