import { ChevronRight } from "lucide-react";
import type { Thoughts as ThoughtsOf } from "@/components/chat/vouch-message.ts";

export interface ThoughtsProps {
  readonly thoughts: ThoughtsOf;
  /** True while the model thinks: nothing of the answer has come yet. */
  readonly isThinking: boolean;
}

/** What a model thought before it answered, folded away: it is not the answer, and nothing in it was checked. */
export function Thoughts({ thoughts, isThinking }: ThoughtsProps) {
  return (
    <details className="group/thoughts mb-4 text-sm">
      <summary className="-ml-1 flex w-fit list-none items-center gap-1 rounded px-1 py-0.5 text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          className="size-4 shrink-0 transition-transform group-open/thoughts:rotate-90"
        />
        {isThinking ? "Thinking…" : thoughtWords(thoughts.durationMs)}
        {isThinking && <span aria-hidden className="ml-1 size-1.5 animate-pulse rounded-full bg-accent" />}
      </summary>
      <div className="mt-1 text-muted text-xs">
        Not part of the answer, and not checked against the sources.
      </div>
      <section
        aria-label="Thoughts of the model"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
        tabIndex={0}
        className="mt-2 max-h-80 overflow-y-auto rounded-r-md border-line border-l-2 py-0.5 pr-2 pl-4 text-muted"
      >
        {/* No paragraph: those hold the answer itself. */}
        <div className="whitespace-pre-wrap [overflow-wrap:anywhere]">{thoughts.text}</div>
      </section>
    </details>
  );
}

/** Thoughts that were cut short have no duration. */
function thoughtWords(durationMs: number | null): string {
  if (durationMs === null) return "Thought";
  if (durationMs < 1000) return "Thought for less than a second";
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `Thought for ${seconds} s`;
  return `Thought for ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
