import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names.ts";

const TONES = {
  neutral: "border-line bg-sunken",
  warn: "border-warn/40 bg-warn-soft",
  danger: "border-danger/40 bg-danger-soft",
} as const;

export interface NoticeProps {
  readonly tone?: keyof typeof TONES;
  /** `alert` interrupts a screen reader, `status` waits; leave out for text that was there from the start. */
  readonly role?: "alert" | "status";
  readonly children: ReactNode;
  /** Buttons at the end. */
  readonly actions?: ReactNode;
  readonly className?: string;
}

/** A boxed sentence about the state of things, with what to do next. */
export function Notice({ tone = "neutral", role, children, actions, className }: NoticeProps) {
  return (
    <div
      role={role}
      className={classNames(
        "flex flex-wrap items-center justify-between gap-3 rounded-lg border px-3.5 py-2.5 text-sm",
        TONES[tone],
        className,
      )}
    >
      <div className="min-w-0 flex-1 basis-56">{children}</div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
