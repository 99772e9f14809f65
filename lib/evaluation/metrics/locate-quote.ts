/** A half-open range of UTF-16 offsets into a document version's text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A page of a document version: its number from 1 and its range in the text. */
export interface PageRange extends TextRange {
  readonly page: number;
}

/** A text without its white space, with the way back to the offsets of the original. */
interface SqueezedText {
  readonly text: string;
  /** Offset into the original of the character at `index`. */
  offsetOf(index: number): number;
}

function squeeze(original: string): SqueezedText {
  const words: string[] = [];
  /** Where each word begins: in the squeezed text and in the original. */
  const squeezedStarts: number[] = [];
  const originalStarts: number[] = [];
  let length = 0;
  for (const match of original.matchAll(/\S+/g)) {
    words.push(match[0]);
    squeezedStarts.push(length);
    originalStarts.push(match.index);
    length += match[0].length;
  }
  const offsetOf = (index: number): number => {
    let low = 0;
    let high = squeezedStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((squeezedStarts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return (originalStarts[low] ?? 0) + index - (squeezedStarts[low] ?? 0);
  };
  return { text: words.join(""), offsetOf };
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
  const { text: needle } = squeeze(quote);
  if (needle === "") return [];
  const squeezed = squeeze(text);
  const places: TextRange[] = [];
  for (let at = squeezed.text.indexOf(needle); at !== -1; at = squeezed.text.indexOf(needle, at + 1)) {
    places.push({ start: squeezed.offsetOf(at), end: squeezed.offsetOf(at + needle.length - 1) + 1 });
  }
  const named = pages.find((candidate) => candidate.page === page);
  const onPage = named === undefined ? [] : places.filter((place) => overlaps(place, named));
  return onPage.length > 0 ? onPage : places;
}

/** True when two half-open ranges share at least one character. */
export function overlaps(one: TextRange, other: TextRange): boolean {
  return one.start < other.end && other.start < one.end;
}
