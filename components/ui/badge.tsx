import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names.ts";

const TONES = {
  neutral: "bg-hover text-ink",
  accent: "bg-accent-soft text-accent",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  danger: "bg-danger-soft text-danger",
} as const;

export type BadgeTone = keyof typeof TONES;

export interface BadgeProps {
  readonly tone?: BadgeTone;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A word or two on a tinted ground; the colour never carries the meaning alone. */
export function Badge({ tone = "neutral", children, className }: BadgeProps) {
  return (
    <span
      className={classNames(
        "inline-flex items-center gap-1 whitespace-nowrap rounded px-1.5 py-0.5 font-medium text-xs",
        TONES[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
