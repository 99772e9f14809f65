/**
 * Characters that no reader sees but a model does: NUL, tag characters, zero-width spaces and joiners, word joiner,
 * byte order mark. They hide instructions and break matching, so they never enter the text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is to be removed; PostgreSQL refuses it.
const HIDDEN = /[\u0000\u200B-\u200D\u2060\uFEFF\u{E0000}-\u{E007F}]/gu;

/** The text without hidden characters and without halves of surrogate pairs. */
export function cleanText(text: string): string {
  return text.replaceAll(HIDDEN, "").toWellFormed();
}

/** {@link cleanText} with one kind of line end. */
export function cleanLines(text: string): string {
  return cleanText(text).replaceAll(/\r\n?/g, "\n");
}
