/** A calendar day found in a text, as one term: `d20240512`. */
interface FoundDate {
  readonly term: string;
  readonly start: number;
  readonly end: number;
}

/** English, German, Spanish, French; a name is known by its first letters. */
const monthNames = [
  "jan|ene",
  "feb|fév|fev",
  "mar|mär|maer",
  "apr|abr|avr",
  "may|mai|mayo",
  "jun|juin",
  "jul|juil",
  "aug|ago|aoû|aou",
  "sep|set",
  "oct|okt",
  "nov",
  "dec|dez|dic|déc",
];

const month = `(?:${monthNames.join("|")})[\\p{L}]{0,8}`;
const datePattern = new RegExp(
  [
    `(?<![\\p{L}\\p{N}])(\\d{1,2})(?:st|nd|rd|th|\\.)?\\s(?:of\\s|de\\s)?(${month})\\.?,?\\s(?:de\\s)?(\\d{4})(?!\\d)`,
    `(?<![\\p{L}\\p{N}])(${month})\\.?\\s(\\d{1,2})(?:st|nd|rd|th)?,?\\s(\\d{4})(?!\\d)`,
    "(?<![\\p{N}-])(\\d{4})-(\\d{2})-(\\d{2})(?!\\d)",
    "(?<![\\p{N}.])(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4})(?!\\d)",
  ].join("|"),
  "giu",
);

function monthNumber(name: string): number {
  const folded = name.toLowerCase();
  // The longest beginning decides: `mai` is no `mar`, `juin` no `juil`.
  return monthNames.findIndex((names) => names.split("|").some((start) => folded.startsWith(start))) + 1;
}

function toTerm(year: number, monthOfYear: number, day: number): string | undefined {
  const isDay =
    year >= 1000 && year <= 2999 && monthOfYear >= 1 && monthOfYear <= 12 && day >= 1 && day <= 31;
  if (!isDay) return undefined;
  return `d${year}${String(monthOfYear).padStart(2, "0")}${String(day).padStart(2, "0")}`;
}

/** Days written in figures or with the name of a month, in order; what could be read in two ways is left alone. */
export function findDates(text: string): FoundDate[] {
  const found: FoundDate[] = [];
  if (!/\d{4}/.test(text)) return found;
  for (const match of text.matchAll(datePattern)) {
    const [whole, day1, name1, year1, name2, day2, year2, year3, month3, day3, day4, month4, year4] = match;
    const term =
      toTerm(Number(year1), monthNumber(name1 ?? ""), Number(day1)) ??
      toTerm(Number(year2), monthNumber(name2 ?? ""), Number(day2)) ??
      toTerm(Number(year3), Number(month3), Number(day3)) ??
      toTerm(Number(year4), Number(month4), Number(day4));
    if (term !== undefined) found.push({ term, start: match.index, end: match.index + whole.length });
  }
  return found;
}
