import type { TotalDefinition } from "@/lib/evaluation/schema.ts";

const MINUS = "\u2212";

/** Keeps a number and its unit on one line. */
const NO_BREAK = "\u00a0";

/** "0.83", "12 ms", "1.4 s". */
export function formatFigure(value: number, unit: TotalDefinition["unit"]): string {
  if (unit === "ms") return formatMs(value);
  return `${value < 0 ? MINUS : ""}${Math.abs(value).toFixed(2)}`;
}

/** "12 ms" below a second, "1.4 s" above. */
export function formatMs(value: number): string {
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  if (size >= 1000) return `${sign}${(size / 1000).toFixed(1)}${NO_BREAK}s`;
  return `${sign}${size.toFixed(size < 10 ? 1 : 0)}${NO_BREAK}ms`;
}

/** "+0.08", "−120 ms"; "0" for exactly none. */
export function formatDifference(value: number, unit: TotalDefinition["unit"]): string {
  if (value === 0) return "0";
  const figure = formatFigure(Math.abs(value), unit);
  if (/^0\.0+(\sms)?$/.test(figure)) return "about 0";
  return `${value > 0 ? "+" : MINUS}${figure}`;
}

/** "0.71 to 0.92" */
export function formatInterval(
  interval: { readonly low: number; readonly high: number },
  unit: TotalDefinition["unit"],
): string {
  return `${formatFigure(interval.low, unit)} to ${formatFigure(interval.high, unit)}`;
}

/** "1 question", "12 questions" */
export function countWords(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
