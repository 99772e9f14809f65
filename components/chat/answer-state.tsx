import { Button } from "@/components/ui/button.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import type { GenerationData, GenerationState } from "@/lib/chat/schema.ts";

/** What a reader is told about an answer that waits or did not come whole; nothing for the ordinary states. */
export interface AnswerStateProps {
  readonly state: GenerationState;
  readonly generation: GenerationData | undefined;
  readonly hasText: boolean;
  /** Absent when another try makes no sense now. */
  readonly onRetry: (() => void) | undefined;
}

export function AnswerState({ state, generation, hasText, onRetry }: AnswerStateProps) {
  if (state === "queued" || (state === "streaming" && !hasText)) return <AnswerWaiting />;
  if (state === "stopped") {
    return (
      <p className="mt-3 text-muted text-sm">
        {hasText ? "Stopped here." : "Stopped before the first word."}
      </p>
    );
  }
  if (state !== "interrupted" && state !== "failed") return null;
  const sentence = state === "interrupted" ? interruptedSentence(hasText) : generation?.errorMessage;
  return (
    <Notice
      tone={state === "failed" ? "danger" : "warn"}
      className="mt-4"
      actions={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
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
export function AnswerWaiting() {
  return (
    <div className="flex flex-col gap-4">
      {/* No paragraph: those hold the answer itself. */}
      <div className="text-muted">Searching your documents…</div>
      <SkeletonText lines={3} label="The answer is on its way" />
    </div>
  );
}
