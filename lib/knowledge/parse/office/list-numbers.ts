/** How a level of a list counts. */
export interface ListLevel {
  /** `decimal`, `lowerLetter`, `bullet`, `none`… */
  readonly format: string;
  /** `%1.%2`: the numbers of the levels. */
  readonly pattern: string;
  readonly start: number;
}

const ROMAN: readonly (readonly [number, string])[] = [
  [1000, "m"],
  [900, "cm"],
  [500, "d"],
  [400, "cd"],
  [100, "c"],
  [90, "xc"],
  [50, "l"],
  [40, "xl"],
  [10, "x"],
  [9, "ix"],
  [5, "v"],
  [4, "iv"],
  [1, "i"],
];

function roman(value: number): string {
  let rest = Math.min(value, 3999);
  let text = "";
  for (const [size, letters] of ROMAN) {
    while (rest >= size) {
      text += letters;
      rest -= size;
    }
  }
  return text;
}

/** a to z, then aa, bb… as word processors count. */
function letters(value: number): string {
  const letter = String.fromCharCode(97 + ((value - 1) % 26));
  return letter.repeat(Math.min(10, Math.floor((value - 1) / 26) + 1));
}

/** A number as a list writes it. */
export function formatListNumber(value: number, format: string): string {
  if (value < 1) return String(value);
  if (format === "lowerLetter") return letters(value);
  if (format === "upperLetter") return letters(value).toUpperCase();
  if (format === "lowerRoman") return roman(value);
  if (format === "upperRoman") return roman(value).toUpperCase();
  return format === "decimalZero" ? String(value).padStart(2, "0") : String(value);
}

/** Counts the items of one list; levels from 0. */
export function createListCounter(
  levelOf: (level: number) => ListLevel | undefined,
): (level: number) => string {
  const counts: number[] = [];
  return (level) => {
    counts.length = Math.min(counts.length, level + 1);
    for (let index = counts.length; index <= level; index += 1) {
      const start = levelOf(index)?.start ?? 1;
      counts.push(index < level ? start : start - 1);
    }
    counts[level] = (counts[level] ?? 0) + 1;
    const own = levelOf(level);
    if (own === undefined || own.format === "bullet") return "-";
    if (own.format === "none") return "";
    return own.pattern.replaceAll(/%(\d)/g, (_, digit: string) => {
      const index = Number(digit) - 1;
      return formatListNumber(counts[index] ?? 1, levelOf(index)?.format ?? "decimal");
    });
  };
}
