/** Restrictions that stand in a question. */
export interface ReadFilters {
  /** The question without its operators. */
  readonly rest: string;
  readonly titles: readonly string[];
  /** Names of kinds of files, as shown: `PDF`. */
  readonly types: readonly FileType[];
  /** Days on which the documents were added, both included. */
  readonly dates: { readonly from?: string; readonly to?: string } | null;
}

interface FileType {
  readonly name: string;
  readonly mediaTypes: readonly string[];
}

const office = "application/vnd.openxmlformats-officedocument";
const fileTypes: readonly (FileType & { readonly words: RegExp })[] = [
  { name: "PDF", words: /^pdfs?$/, mediaTypes: ["application/pdf"] },
  {
    name: "Word document",
    words: /^(?:docx?|word (?:documents?|files?)|odt)$/,
    mediaTypes: [`${office}.wordprocessingml.document`, "application/vnd.oasis.opendocument.text"],
  },
  {
    name: "spreadsheet",
    words: /^(?:xlsx?|excel(?: files?| sheets?)?|spread ?sheets?|csv(?: files?)?|workbooks?)$/,
    mediaTypes: [
      `${office}.spreadsheetml.sheet`,
      "text/csv",
      "application/vnd.oasis.opendocument.spreadsheet",
    ],
  },
  {
    name: "presentation",
    words: /^(?:pptx?|power ?points?|presentations?|slide ?decks?|slides)$/,
    mediaTypes: [`${office}.presentationml.presentation`, "application/vnd.oasis.opendocument.presentation"],
  },
  { name: "e-mail", words: /^(?:e-?mails?|eml|mails?)$/, mediaTypes: ["message/rfc822"] },
  { name: "web page", words: /^(?:html?|web ?pages?)$/, mediaTypes: ["text/html", "application/xhtml+xml"] },
  { name: "transcript", words: /^(?:vtt|transcripts?|subtitles?)$/, mediaTypes: ["text/vtt"] },
  { name: "e-book", words: /^(?:epubs?|e-?books?)$/, mediaTypes: ["application/epub+zip"] },
  { name: "Markdown", words: /^(?:md|markdown)$/, mediaTypes: ["text/markdown"] },
];

const typeWords =
  "pdfs?|word (?:documents?|files?)|excel (?:files?|sheets?)|spread ?sheets?|csv files?|power ?points?|presentations?|slide ?decks?|e-?mails?|web ?pages?|transcripts?|e-?books?";
// `in the PDF`, `from our spreadsheets`: a place to look in, not the matter itself.
const naturalType = new RegExp(
  `\\b(?:in|from|within|among|across)\\s+(?:all\\s+)?(?:the|my|our|these|those)\\s+(${typeWords})(?=\\s*(?:[?.!,;]|$))`,
  "giu",
);
const addedPattern =
  /\b(?:added|uploaded|ingested|imported)\s+(in|since|before|after|on|until)\s+(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?![\p{L}\p{N}-])/giu;
const operatorPattern =
  /(?<![\p{L}\p{N}])(title|file|in|type|filetype|from|since|after|to|until|before|date):(?:"([^"]+)"|“([^”]+)”|([^\s"“]+))/giu;

function findType(word: string): FileType | undefined {
  const folded = word.toLowerCase().replaceAll(/\s+/g, " ").replace(/^\./, "");
  return fileTypes.find(({ words }) => words.test(folded));
}

/** First and last day of `2024`, `2024-05` or `2024-05-12`; undefined when there is no such day. */
function daysOf(text: string): { from: string; to: string } | undefined {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (match === null) return undefined;
  const [, year = "", month, day] = match;
  const from = `${year}-${month ?? "01"}-${day ?? "01"}`;
  const first = new Date(`${from}T00:00:00Z`);
  if (Number.isNaN(first.getTime()) || first.toISOString().slice(0, 10) !== from) return undefined;
  const last = new Date(first);
  if (month === undefined) last.setUTCFullYear(last.getUTCFullYear() + 1);
  else if (day === undefined) last.setUTCMonth(last.getUTCMonth() + 1);
  else last.setUTCDate(last.getUTCDate() + 1);
  last.setUTCDate(last.getUTCDate() - 1);
  return { from, to: last.toISOString().slice(0, 10) };
}

function dayBeside(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function readDates(word: string, value: string): { from?: string; to?: string } | undefined {
  const days = daysOf(value);
  if (days === undefined) return undefined;
  if (word === "from" || word === "since") return { from: days.from };
  if (word === "after") return { from: dayBeside(days.to, 1) };
  if (word === "to" || word === "until") return { to: days.to };
  if (word === "before") return { to: dayBeside(days.from, -1) };
  return days;
}

/**
 * Reads restrictions out of a question: operators (`title:"Lease 7"`, `type:pdf`, `from:2024-01-01`) and plain phrases
 * (`in the spreadsheets`, `added in 2024`). Operators leave the question; phrases stay, since they may be part of its
 * matter. A year alone restricts nothing: what a document is about is not when it was added.
 */
export function readFilters(query: string): ReadFilters {
  const titles: string[] = [];
  const types = new Map<string, FileType>();
  const dates: { from?: string; to?: string } = {};
  const rest = query.replaceAll(operatorPattern, (whole, key: string, ...values: (string | undefined)[]) => {
    const value = values.slice(0, 3).find((text) => text !== undefined) ?? "";
    const name = key.toLowerCase();
    if (name === "title" || name === "file" || name === "in") titles.push(value);
    else if (name === "type" || name === "filetype") {
      const type = findType(value);
      if (type === undefined) return whole;
      types.set(type.name, type);
    } else {
      const read = readDates(name, value);
      if (read === undefined) return whole;
      Object.assign(dates, read);
    }
    return " ";
  });
  for (const [, word = ""] of rest.matchAll(naturalType)) {
    const type = findType(word);
    if (type !== undefined) types.set(type.name, type);
  }
  for (const [, word = "", value = ""] of rest.matchAll(addedPattern)) {
    const read = readDates(word.toLowerCase(), value);
    if (read !== undefined) Object.assign(dates, read);
  }
  const hasDates = dates.from !== undefined || dates.to !== undefined;
  return {
    rest: rest.replaceAll(/\s+/g, " ").trim(),
    titles,
    types: [...types.values()],
    dates: hasDates ? dates : null,
  };
}
