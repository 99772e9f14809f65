/**
 * Numbers as a spreadsheet shows them, by the format code of their cell: decimals, thousands, per cent, currency,
 * dates and times. Codes it does not know give the plain number.
 */

const DAY_MS = 86_400_000;
/** Built-in formats that files do not spell out. */
const BUILT_IN: Readonly<Record<number, string>> = {
  1: "0",
  2: "0.00",
  3: "#,##0",
  4: "#,##0.00",
  9: "0%",
  10: "0.00%",
  11: "0.00E+00",
  14: "yyyy-mm-dd",
  15: "d-mmm-yy",
  16: "d-mmm",
  17: "mmm-yy",
  18: "h:mm AM/PM",
  19: "h:mm:ss AM/PM",
  20: "h:mm",
  21: "h:mm:ss",
  22: "yyyy-mm-dd h:mm",
  37: "#,##0;(#,##0)",
  38: "#,##0;(#,##0)",
  39: "#,##0.00;(#,##0.00)",
  40: "#,##0.00;(#,##0.00)",
  44: "#,##0.00",
  45: "mm:ss",
  46: "[h]:mm:ss",
  47: "mm:ss",
  49: "@",
};
const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** The format code of a number format's id. */
export function formatCode(id: number, own: ReadonlyMap<number, string>): string {
  return own.get(id) ?? BUILT_IN[id] ?? "General";
}

/** A number as its cell shows it; `is1904` for files that count days from 1904. */
export function formatCell(value: number, code: string, is1904: boolean): string {
  const sections = splitSections(code);
  const [positive = "General", negative, zero] = sections;
  const section =
    value < 0 && negative !== undefined ? negative : value === 0 && zero !== undefined ? zero : positive;
  const plain = section
    .replaceAll(/"[^"]*"|\\.|_.|\*./g, "")
    .replaceAll(/\[(?:[^\]hms$][^\]]*|\$[^\]]*)\]/gi, "");
  if (/General/i.test(plain) || plain.trim() === "@") return generalNumber(value);
  if (/[ymdhs]/i.test(plain)) return formatDate(value, section, is1904);
  if (!/[0#?]/.test(plain)) return literals(section).trim() || generalNumber(value);
  return formatNumber(negative !== undefined && value < 0 ? -value : value, section);
}

function splitSections(code: string): string[] {
  return (code.match(/(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])+/g) ?? ["General"]).slice(0, 4);
}

/** At most 11 figures, as a cell without format shows. */
export function generalNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return String(Number(value.toPrecision(Math.abs(value) < 1e11 ? 11 : 15)));
}

/** Letters and signs that stand in a code for themselves. */
function literals(section: string): string {
  return section
    .replaceAll(/\[\$([^\]-]*)(?:-[^\]]*)?\]/g, "$1")
    .replaceAll(/\[[^\]]*\]/g, "")
    .replaceAll(/_./g, " ")
    .replaceAll(/\*./g, "")
    .replaceAll(/"([^"]*)"/g, "$1")
    .replaceAll(/\\(.)/g, "$1");
}

function formatNumber(value: number, section: string): string {
  const clean = literals(section);
  const body = /[#0?][#0?,]*(?:\.[#0?]*)?,*(?:E[+-]0+)?/i.exec(clean);
  if (body === null) return generalNumber(value);
  const pattern = body[0];
  // A fraction (`# ?/?`) is shown as a decimal number.
  if (/\//.test(clean)) return generalNumber(value);
  const isPercent = clean.includes("%");
  const thousandsSteps = /,+$/.exec(pattern)?.[0].length ?? 0;
  const scaled = (isPercent ? value * 100 : value) / 1000 ** thousandsSteps;
  const decimals = (/\.([#0?]*)/.exec(pattern)?.[1] ?? "").length;
  const needed = (/\.(0*)/.exec(pattern)?.[1] ?? "").length;
  let digits: string;
  if (/E/i.test(pattern))
    digits = scaled
      .toExponential(Math.min(20, decimals))
      .replace(/e([+-])(\d)$/, "E$10$2")
      .replace("e", "E");
  else {
    digits = Math.abs(scaled).toFixed(Math.min(20, decimals));
    if (decimals > needed)
      digits = digits.replace(new RegExp(`0{1,${decimals - needed}}$`), "").replace(/\.$/, "");
    const whole = (/^[#0?,]*/.exec(pattern)?.[0] ?? "").replaceAll(",", "").replaceAll(/[^0]/g, "").length;
    const [integer = "", fraction] = digits.split(".");
    const padded = integer.padStart(whole, "0");
    const grouped = /#,##|0,0|\?,\?/.test(pattern) ? padded.replaceAll(/\B(?=(?:\d{3})+$)/g, ",") : padded;
    digits = fraction === undefined ? grouped : `${grouped}.${fraction}`;
    if (scaled < 0 && /[1-9]/.test(digits)) digits = `-${digits}`;
  }
  const before = clean.slice(0, body.index);
  const after = clean.slice(body.index + pattern.length);
  const sign = digits.startsWith("-") ? "-" : "";
  return `${sign}${before}${digits.slice(sign.length)}${after}`.replaceAll(/\s+/g, " ").trim();
}

const pad = (value: number, width = 2) => String(value).padStart(width, "0");

function dateParts(serial: number, is1904: boolean) {
  // Day 60 of the 1900 count is a 29 February that never was.
  const days = is1904 ? serial + 1462 : serial < 60 ? serial + 1 : serial;
  const date = new Date(Math.round((days - 25_569) * DAY_MS));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

function formatDate(serial: number, section: string, is1904: boolean): string {
  if (serial < 0 || serial > 2_958_466) return generalNumber(serial);
  const parts = dateParts(serial, is1904);
  const isHalfDay = /AM\/PM|A\/P/i.test(section);
  let lastWasHour = false;
  const tokens = section.match(
    /"[^"]*"|\\.|\[\$[^\]]*\]|\[h+\]|\[m+\]|\[s+\]|\[[^\]]*\]|AM\/PM|A\/P|y+|m+|d+|h+|s+(?:\.0+)?|_.|\*.|./gi,
  );
  const shown = (tokens ?? []).map((token, index, all) => {
    const isMinute =
      lastWasHour || /^s/i.test(all.slice(index + 1).find((next) => /^\[?[ymdhs]/i.test(next)) ?? "");
    if (/^\[?[ymdhs]/i.test(token)) lastWasHour = /^\[?h/i.test(token);
    return dateToken(token, parts, serial, { isHalfDay, isMinute });
  });
  return shown.join("").replaceAll(/\s+/g, " ").trim();
}

function dateToken(
  token: string,
  parts: ReturnType<typeof dateParts>,
  serial: number,
  { isHalfDay, isMinute }: { isHalfDay: boolean; isMinute: boolean },
): string {
  const lower = token.toLowerCase();
  const size = lower.length;
  const two = (value: number) => (size > 1 ? pad(value) : String(value));
  if (lower === "am/pm" || lower === "a/p") return parts.hour < 12 ? "AM" : "PM";
  if (/^\[h+\]$/.test(lower)) return String(Math.floor(serial * 24 + 1e-9));
  if (/^\[m+\]$/.test(lower)) return String(Math.floor(serial * 1440 + 1e-9));
  if (/^\[s+\]$/.test(lower)) return String(Math.round(serial * 86_400));
  if (/^\[/.test(token) || /^[_*]/.test(token)) return "";
  if (/^y+$/.test(lower)) return size > 2 ? pad(parts.year, 4) : pad(parts.year % 100);
  if (/^m+$/.test(lower) && isMinute && size <= 2) return two(parts.minute);
  if (/^m+$/.test(lower)) {
    const name = MONTHS[parts.month] ?? "";
    return size >= 4 ? name : size === 3 ? name.slice(0, 3) : two(parts.month + 1);
  }
  if (/^d+$/.test(lower)) {
    const name = DAYS[parts.weekday] ?? "";
    return size >= 4 ? name : size === 3 ? name.slice(0, 3) : two(parts.day);
  }
  if (/^h+$/.test(lower)) return two(isHalfDay ? parts.hour % 12 || 12 : parts.hour);
  if (/^s+/.test(lower)) return /^ss/.test(lower) ? pad(parts.second) : String(parts.second);
  return literals(token);
}
