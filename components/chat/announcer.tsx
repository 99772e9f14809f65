"use client";

import { useEffect, useState } from "react";
import {
  citationsOf,
  generationOf,
  messageText,
  thoughtsOf,
  type VouchMessage,
} from "@/components/chat/vouch-message.ts";

export interface AnnouncerProps {
  readonly isSubmitted: boolean;
  readonly isBusy: boolean;
  readonly lastMessage: VouchMessage | undefined;
}

/** Tells screen readers when an answer begins and how it ended; the growing text itself is not read out. */
export function Announcer({ isSubmitted, isBusy, lastMessage }: AnnouncerProps) {
  const [hasRun, setHasRun] = useState(false);
  useEffect(() => {
    if (isBusy) setHasRun(true);
  }, [isBusy]);
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {isSubmitted
        ? "Searching your documents."
        : isBusy
          ? busyWords(lastMessage)
          : hasRun && lastMessage
            ? endWords(lastMessage)
            : ""}
    </p>
  );
}

function busyWords(message: VouchMessage | undefined): string {
  const isThinking = message?.role === "assistant" && messageText(message) === "" && thoughtsOf(message);
  return isThinking ? "The model is thinking." : "The answer is being written.";
}

function endWords(message: VouchMessage): string {
  if (message.role !== "assistant") return "The question could not be answered.";
  const state = generationOf(message)?.state;
  if (state === "stopped") return "The answer was stopped.";
  if (state === "failed" || state === "interrupted") return "The answer broke off.";
  if (messageText(message) === "") return "";
  const count = citationsOf(message).length;
  return `The answer is complete, with ${count === 1 ? "one citation" : `${count} citations`}.`;
}
