/** Words of one document version: `text` is `version.text.slice(start, end)`. */
export interface Span {
  readonly versionId: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Page on which it starts; null for text without pages. */
  readonly page: number | null;
}

/** A passage of the answer's material and how it came about. */
export interface JoinedPassage<Passage extends Span> {
  /** The best of the found passages in it, with the words of the whole. */
  readonly passage: Passage;
  /** Found passages that became part of it, its first one not counted. */
  readonly joined: number;
  /** True when it holds more than what was found. */
  readonly isExpanded: boolean;
}

interface Growing<Passage extends Span> {
  readonly found: Passage;
  span: Span;
  joined: number;
}

function overlaps(left: Span, right: Span): boolean {
  return left.versionId === right.versionId && left.start <= right.end && right.start <= left.end;
}

/** The one span of two that overlap or touch. */
function union(left: Span, right: Span): Span {
  const [first, second] = left.start <= right.start ? [left, right] : [right, left];
  if (second.end <= first.end) return first;
  return { ...first, end: second.end, text: first.text + second.text.slice(first.end - second.start) };
}

/**
 * Extends found passages, best first, by what stands around them, as far as all of them together stay within a length.
 * Passages whose words overlap or touch become one, in the place of the better one; no words are given twice.
 *
 * @param around The passage with its neighbours, by passage; what is missing stays as it is.
 * @param charactersMax Length of all passages together; what was found is never cut, also when it is longer.
 */
export function joinPassages<Passage extends Span>(
  found: readonly Passage[],
  around: ReadonlyMap<Passage, Span>,
  charactersMax: number,
): JoinedPassage<Passage>[] {
  const kept: Growing<Passage>[] = [];
  for (const passage of found) {
    const same = kept.find(({ span }) => overlaps(span, passage));
    if (same === undefined) kept.push({ found: passage, span: passage, joined: 0 });
    else {
      same.span = union(same.span, passage);
      same.joined += 1;
    }
  }
  for (const passage of found) {
    const wider = around.get(passage);
    const grown = kept.find(({ span }) => overlaps(span, passage));
    if (wider !== undefined && grown !== undefined) grow(kept, grown, wider, charactersMax);
  }
  return kept.map(({ found: passage, span, joined }) => ({
    passage: { ...passage, ...span },
    joined,
    isExpanded:
      span.end - span.start > passage.end - passage.start && (joined === 0 || isWider(span, passage, found)),
  }));
}

/** Gives a passage its neighbours, unless that would make the whole too long; swallows the passages it then touches. */
function grow<Passage extends Span>(
  kept: Growing<Passage>[],
  grown: Growing<Passage>,
  wider: Span,
  charactersMax: number,
): void {
  let span = union(grown.span, wider);
  const swallowed = new Set<Growing<Passage>>();
  // One that is swallowed may reach the next.
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false;
    for (const other of kept) {
      if (other === grown || swallowed.has(other) || !overlaps(span, other.span)) continue;
      span = union(span, other.span);
      swallowed.add(other);
      isGrowing = true;
    }
  }
  const length = (spans: Iterable<Growing<Passage>>) =>
    Array.from(spans).reduce((sum, entry) => sum + entry.span.text.length, 0);
  if (length(kept) - length(swallowed) - grown.span.text.length + span.text.length > charactersMax) return;
  // The better of them keeps its place in the order: passages come best first.
  const all = kept.filter((entry) => entry === grown || swallowed.has(entry));
  const [best = grown] = all;
  best.joined = all.reduce((sum, entry) => sum + entry.joined, all.length - 1);
  best.span = span;
  for (const entry of all) if (entry !== best) kept.splice(kept.indexOf(entry), 1);
}

/** True when a joined passage holds words that stand in none of the found ones. */
function isWider(span: Span, own: Span, found: readonly Span[]): boolean {
  const inside = found.filter((passage) => passage !== own && overlaps(span, passage));
  const covered = [own, ...inside].toSorted((left, right) => left.start - right.start);
  let reached = span.start;
  for (const { start, end } of covered) {
    if (start > reached) return true;
    reached = Math.max(reached, end);
  }
  return reached < span.end;
}
