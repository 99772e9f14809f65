/** "3 May 2026", in the reader's time zone. */
export function dayWords(isoTime: string): string {
  return new Date(isoTime).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

const UNITS = ["bytes", "kB", "MB", "GB"] as const;

/** "412 kB", "1.3 MB": powers of 1000, as file managers show them. */
export function sizeWords(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 1 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
