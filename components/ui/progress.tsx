import { classNames } from "@/components/ui/class-names.ts";

export interface ProgressProps {
  /** What advances, for screen readers. */
  readonly label: string;
  /** 0 to 1. */
  readonly value: number;
  readonly className?: string;
}

const BAR =
  "block h-1 appearance-none overflow-hidden rounded-full bg-hover " +
  "[&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-hover [&::-webkit-progress-value]:bg-accent";

/** A thin bar that fills. */
export function Progress({ label, value, className }: ProgressProps) {
  return <progress aria-label={label} max={1} value={value} className={classNames(BAR, className)} />;
}
