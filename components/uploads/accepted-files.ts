/** File names that can be read, by their ending; what a file really is decides the server. */
const ENDINGS = [
  "pdf",
  "docx",
  "pptx",
  "xlsx",
  "odt",
  "epub",
  "html",
  "htm",
  "eml",
  "md",
  "markdown",
  "txt",
  "text",
  "csv",
  "tsv",
  "vtt",
  "json",
  "jsonl",
  "ndjson",
] as const;

/** For the `accept` attribute of a file input. */
export const ACCEPTED_ENDINGS = ENDINGS.map((ending) => `.${ending}`).join(",");

/** The kinds in words, for people. */
export const ACCEPTED_WORDS =
  "PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, e-mail, web pages, Markdown, CSV, subtitles, JSON or plain text";

/** True when a file of that name can be tried. */
export function isAcceptedName(fileName: string): boolean {
  const ending = fileName.slice(fileName.lastIndexOf(".") + 1).toLowerCase();
  return (ENDINGS as readonly string[]).includes(ending);
}
