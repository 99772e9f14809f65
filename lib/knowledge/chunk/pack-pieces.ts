import type { Piece } from "./text-pieces.ts";

/** Sizes of a passage in words. */
export interface PassageSize {
  readonly least: number;
  readonly most: number;
  /** A rest shorter than this is not left over. */
  readonly rest: number;
}

/** The sizes that belong to a usual number of words. */
export function passageSize(targetWords: number): PassageSize {
  return {
    least: Math.round(targetWords * 0.6),
    most: Math.round(targetWords * 1.3),
    rest: Math.round(targetWords * 0.3),
  };
}

/** A number that depends on the words around a border alone (FNV-1a), equal wherever in the document they stand. */
function borderHash(text: string, before: Piece, after: Piece): number {
  const around =
    text.slice(Math.max(before.start, before.end - 32), before.end) +
    text.slice(after.start, Math.min(after.end, after.start + 32));
  let hash = 0x811c9dc5;
  for (let index = 0; index < around.length; index += 1) {
    hash = Math.imul(hash ^ around.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * Where the passage that begins at `first` ends: the index of the piece after it. Among the places within the allowed
 * sizes the best kind of border wins, and among those of a kind the one whose surrounding words hash highest. That
 * choice does not depend on where the passage began, so after a change the old ends are soon met again and the
 * passages behind it stay as they were.
 */
function endOf(
  text: string,
  pieces: readonly Piece[],
  first: number,
  wordsLeft: number,
  size: PassageSize,
): number {
  if (wordsLeft <= size.most) return pieces.length;
  let words = 0;
  let best = -1;
  let bestScore = -1;
  for (let index = first; index < pieces.length; index += 1) {
    const piece = pieces[index] as Piece;
    const before = pieces[index - 1];
    if (index > first && before !== undefined && words >= size.least && wordsLeft - words >= size.rest) {
      const score = piece.border * 0x1_0000_0000 + borderHash(text, before, piece);
      if (score > bestScore) [best, bestScore] = [index, score];
    }
    if (words + piece.words > size.most) {
      if (best >= 0) return best;
      // One long piece after a few words: together when that is not far too much.
      const isTogether = index === first || words < size.least;
      return isTogether && words + piece.words <= size.most * 1.25 ? index + 1 : Math.max(index, first + 1);
    }
    words += piece.words;
  }
  return best >= 0 ? best : pieces.length;
}

/** Divides pieces that follow each other into passages, as index ranges. */
export function packPieces(
  text: string,
  pieces: readonly Piece[],
  size: PassageSize,
): [from: number, to: number][] {
  const packed: [number, number][] = [];
  let wordsLeft = pieces.reduce((sum, piece) => sum + piece.words, 0);
  for (let first = 0; first < pieces.length; ) {
    const end = endOf(text, pieces, first, wordsLeft, size);
    packed.push([first, end]);
    for (const piece of pieces.slice(first, end)) wordsLeft -= piece.words;
    first = end;
  }
  return packed;
}
