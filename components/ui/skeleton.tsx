import { classNames } from "@/components/ui/class-names.ts";

/** A grey bar in the place of text that is on its way. Hidden from screen readers: say "Loading" in words nearby. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden className={classNames("block h-4 rounded bg-hover", className)} />;
}

export interface SkeletonTextProps {
  readonly lines?: number;
  /** What is being loaded, spoken by screen readers. */
  readonly label: string;
}

const WIDTHS = ["w-full", "w-11/12", "w-full", "w-4/5", "w-2/3"];

/** Some lines of {@link Skeleton} with a spoken label. */
export function SkeletonText({ lines = 3, label }: SkeletonTextProps) {
  return (
    <div role="status" className="flex flex-col gap-3">
      <span className="sr-only">{label}</span>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars have no identity and never move.
        <Skeleton key={index} className={WIDTHS[index % WIDTHS.length]} />
      ))}
    </div>
  );
}
