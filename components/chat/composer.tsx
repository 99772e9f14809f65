"use client";

import { ArrowUp, Paperclip, Square } from "lucide-react";
import { type ReactNode, type RefObject, useLayoutEffect, useState } from "react";
import { IconButton } from "@/components/ui/button.tsx";
import { useIsHydrated } from "@/components/ui/use-is-hydrated.ts";
import { FileButton } from "@/components/uploads/file-button.tsx";

const TEXT_MAX = 8000;
const HEIGHT_MAX_PIXELS = 240;

export interface ComposerProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly isBusy: boolean;
  readonly isStopping: boolean;
  /** Absent until the running answer has its id. */
  readonly onStop: (() => void) | undefined;
  readonly onSend: (text: string) => void;
  readonly onFiles: (files: readonly File[]) => void;
  /** Controls at the left of the bottom row: which collections are searched. */
  readonly tools: ReactNode;
}

/** Where questions are written. Enter sends, Shift and Enter starts a line. */
export function Composer(props: ComposerProps) {
  const { field, isBusy } = props;
  const [text, setText] = useState("");
  const isHydrated = useIsHydrated();
  useAutoHeight(field, text);
  const canSend = !isBusy && text.trim() !== "";
  const send = () => {
    if (!canSend) return;
    props.onSend(text.trim());
    setText("");
  };
  return (
    <form
      aria-label="Ask a question"
      className="rounded-2xl border border-line-strong bg-surface shadow-sm focus-within:border-accent"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        aria-label="Your question"
        placeholder="Ask about your documents"
        rows={1}
        maxLength={TEXT_MAX}
        readOnly={!isHydrated}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
        className="block w-full resize-none bg-transparent px-4 pt-3.5 pb-1 text-base outline-none placeholder:text-muted"
      />
      <div className="flex items-center gap-1 px-2 pb-2">
        <FileButton
          onFiles={props.onFiles}
          button={(choose) => (
            <IconButton label="Add files" onClick={choose}>
              <Paperclip aria-hidden />
            </IconButton>
          )}
        />
        {props.tools}
        <div className="ml-auto">
          {isBusy ? (
            <IconButton
              label={props.isStopping ? "Stopping" : "Stop"}
              variant="secondary"
              disabled={!props.onStop || props.isStopping}
              onClick={props.onStop}
              className="rounded-full!"
            >
              <Square aria-hidden className="size-3! fill-current" />
            </IconButton>
          ) : (
            <IconButton
              label="Send"
              type="submit"
              variant="primary"
              disabled={!canSend}
              className="rounded-full!"
            >
              <ArrowUp aria-hidden />
            </IconButton>
          )}
        </div>
      </div>
    </form>
  );
}

function useAutoHeight(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text, though it is read from the element.
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, HEIGHT_MAX_PIXELS)}px`;
  }, [text, field]);
}
