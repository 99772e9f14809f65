"use client";

import { HoverCard as RadixHoverCard, Tooltip as RadixTooltip } from "radix-ui";
import type { ReactNode } from "react";

const FLOATING = "z-50 animate-appear rounded-lg border border-line bg-surface shadow-raised";

export interface TooltipProps {
  readonly text: string;
  /** One focusable element. */
  readonly children: ReactNode;
}

/** A few words on hover or focus. Never the only place where something is said. */
export function Tooltip({ text, children }: TooltipProps) {
  return (
    <RadixTooltip.Provider delayDuration={300}>
      <RadixTooltip.Root>
        <RadixTooltip.Trigger asChild>{children}</RadixTooltip.Trigger>
        <RadixTooltip.Portal>
          <RadixTooltip.Content
            sideOffset={6}
            collisionPadding={8}
            className={`${FLOATING} max-w-72 px-2.5 py-1.5 text-sm`}
          >
            {text}
          </RadixTooltip.Content>
        </RadixTooltip.Portal>
      </RadixTooltip.Root>
    </RadixTooltip.Provider>
  );
}

export interface HoverCardProps {
  readonly content: ReactNode;
  /** One focusable element. */
  readonly children: ReactNode;
}

/** A larger card on hover or focus; what it shows must also be reachable by a click. */
export function HoverCard({ content, children }: HoverCardProps) {
  return (
    <RadixHoverCard.Root openDelay={120} closeDelay={120}>
      <RadixHoverCard.Trigger asChild>{children}</RadixHoverCard.Trigger>
      <RadixHoverCard.Portal>
        <RadixHoverCard.Content
          sideOffset={6}
          collisionPadding={12}
          className={`${FLOATING} w-80 max-w-[calc(100vw-1.5rem)] p-3.5 text-sm`}
        >
          {content}
        </RadixHoverCard.Content>
      </RadixHoverCard.Portal>
    </RadixHoverCard.Root>
  );
}
