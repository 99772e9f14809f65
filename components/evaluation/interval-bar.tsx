import type { MetricTotal } from "@/lib/evaluation/schema.ts";

export interface IntervalBarProps {
  readonly total: MetricTotal;
  /** The figure of the run compared with. */
  readonly before?: number | undefined;
  /** Upper end of the scale; 1 for shares, the longest time for times. */
  readonly scale: number;
}

const percent = (value: number, scale: number): string =>
  `${Math.min(100, Math.max(0, (value / scale) * 100)).toFixed(1)}%`;

/** The figure as a dot on its scale, its interval as a band, the older figure as a stroke. The numbers stand beside it. */
export function IntervalBar({ total, before, scale }: IntervalBarProps) {
  const left = percent(total.low, scale);
  const right = percent(scale - total.high, scale);
  return (
    <span aria-hidden className="relative block h-4 w-full min-w-28">
      <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
      <span
        className="absolute top-1/2 h-1.5 -translate-y-1/2 rounded-full bg-accent/30"
        style={{ left, right }}
      />
      {before !== undefined && (
        <span
          className="absolute top-0 h-4 w-0.5 -translate-x-1/2 bg-line-strong"
          style={{ left: percent(before, scale) }}
        />
      )}
      <span
        className="absolute top-1/2 size-2.5 -translate-x-1/2 -translate-y-1/2 rounded-full bg-accent ring-2 ring-paper"
        style={{ left: percent(total.value, scale) }}
      />
    </span>
  );
}
