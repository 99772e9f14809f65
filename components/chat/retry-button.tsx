"use client";

import { useSecondsUntil } from "@/components/chat/use-seconds-until.ts";
import { Button } from "@/components/ui/button.tsx";

export interface RetryButtonProps {
  /** When another try makes sense, milliseconds since 1970; null for now. */
  readonly notBeforeMs: number | null;
  readonly onRetry: () => void;
}

/** "Try again", after a wait that counts down where the server asked for one. */
export function RetryButton({ notBeforeMs, onRetry }: RetryButtonProps) {
  const seconds = useSecondsUntil(notBeforeMs);
  return (
    <Button size="small" disabled={seconds > 0} onClick={onRetry} className="tabular-nums">
      {seconds > 0 ? `Try again in ${seconds} s` : "Try again"}
    </Button>
  );
}
