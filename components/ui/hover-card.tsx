"use client";

import { HoverCard as RadixHoverCard } from "radix-ui";
import type { FocusEvent, ReactNode } from "react";

export interface HoverCardProps {
  readonly content: ReactNode;
  /** One focusable element. */
  readonly children: ReactNode;
}

/** A larger card on hover or focus; what it shows must also be reachable by a click. */
export function HoverCard({ content, children }: HoverCardProps) {
  return (
    <RadixHoverCard.Root openDelay={120} closeDelay={120}>
      <RadixHoverCard.Trigger asChild onFocus={keepClosedOnReturn}>
        {children}
      </RadixHoverCard.Trigger>
      <RadixHoverCard.Portal>
        <RadixHoverCard.Content
          sideOffset={6}
          collisionPadding={12}
          className="z-50 w-80 max-w-[calc(100vw-1.5rem)] animate-appear rounded-lg border border-line bg-surface p-3.5 text-sm shadow-raised"
        >
          {content}
        </RadixHoverCard.Content>
      </RadixHoverCard.Portal>
    </RadixHoverCard.Root>
  );
}

/** Focus that comes back from a closed panel or another window asked for no card, which would cover what is below. */
function keepClosedOnReturn(event: FocusEvent): void {
  if (event.relatedTarget === null) event.preventDefault();
}
