/** A half-open range of UTF-16 offsets into a document version's text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A page of a document version: its number from 1 and its range in the text. */
export interface PageRange extends TextRange {
  readonly page: number;
}

/** The text without white space, and for each kept character its offset in the original. */
function withoutWhitespace(text: string): { squeezed: string; offsets: number[] } {
  const kept: string[] = [];
  const offsets: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (/\s/.test(character)) continue;
    kept.push(character);
    offsets.push(index);
  }
  return { squeezed: kept.join(""), offsets };
}

/**
 * Finds every place where a quote stands in a text, whatever the white space between its characters: line breaks,
 * double blanks and words glued together by a PDF's text layer do not matter, everything else does.
 *
 * When a page is named and the quote stands on it, only those places count; a quote that stands elsewhere only is
 * still found, since parsers number pages differently.
 *
 * @returns ranges in the order of the text; empty when the quote is not there.
 */
export function locateQuote(
  text: string,
  quote: string,
  page: number | null = null,
  pages: readonly PageRange[] = [],
): TextRange[] {
  const { squeezed: needle } = withoutWhitespace(quote);
  if (needle === "") return [];
  const { squeezed, offsets } = withoutWhitespace(text);
  const places: TextRange[] = [];
  for (let at = squeezed.indexOf(needle); at !== -1; at = squeezed.indexOf(needle, at + 1)) {
    places.push({ start: offsets[at] ?? 0, end: (offsets[at + needle.length - 1] ?? 0) + 1 });
  }
  const named = pages.find((candidate) => candidate.page === page);
  const onPage = named === undefined ? [] : places.filter((place) => overlaps(place, named));
  return onPage.length > 0 ? onPage : places;
}

/** True when two half-open ranges share at least one character. */
export function overlaps(one: TextRange, other: TextRange): boolean {
  return one.start < other.end && other.start < one.end;
}
