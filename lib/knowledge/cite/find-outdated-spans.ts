import type { Reader } from "../queries/access.ts";
import { type CitedDocument, findCitedDocuments } from "../queries/cited-versions.ts";
import { findVersionText } from "../queries/versions.ts";
import { supportingSpan } from "./supporting-span.ts";

/** Words that an answer quotes from a version of a document. */
export interface CitedSpan {
  readonly documentId: string;
  readonly versionId: string;
  readonly start: number;
  readonly quote: string;
}

/** Words of the newest version that say about the same; offsets count in its text. */
export interface NewestWords {
  readonly versionId: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Null for text without pages. */
  readonly page: number | null;
}

/** What became of quoted words: they no longer stand in the newest version, or the reader may not see the document. */
export type OutdatedSpan<Span extends CitedSpan> =
  | {
      readonly span: Span;
      readonly state: "changed";
      readonly changedAt: string;
      /** The nearest words of the newest version; null when nothing there comes near. */
      readonly now: NewestWords | null;
    }
  /** Deleted, or no longer the reader's to see: both look alike. */
  | { readonly span: Span; readonly state: "gone" };

/** Characters around the old place that are searched for what stands there now. */
const AROUND = 40_000;

/** Share of the old words that the new ones must carry to be shown beside them. */
const NEAR_FROM = 0.35;

/** Words in the form in which their standing is checked: without case, blanks, marks and broken words. */
function fold(text: string): string {
  return text
    .normalize("NFKC")
    .replaceAll(/[\u00ad\u200b\u2060*_`]/g, "")
    .replaceAll(/(?<=\p{L})[-‐‑]\s+(?=\p{Ll})/gu, "")
    .replaceAll(/[‘’‚‛]/g, "'")
    .replaceAll(/[“”„«»]/g, '"')
    .replaceAll(/[‐‑‒–—−]/g, "-")
    .replaceAll(/\s+/g, " ")
    .toLowerCase()
    .trim();
}

/**
 * The spans whose words no longer stand in the document as it is now, or whose document the reader may no longer open.
 * Words that moved within their document are not outdated; a document read again with the same words changes nothing.
 */
export async function findOutdatedSpans<Span extends CitedSpan>(
  reader: Reader,
  spans: readonly Span[],
): Promise<OutdatedSpan<Span>[]> {
  const documents = new Map(
    (await findCitedDocuments(reader, [...new Set(spans.map(({ documentId }) => documentId))])).map(
      (document) => [document.documentId, document],
    ),
  );
  const outdated: OutdatedSpan<Span>[] = [];
  const byDocument = Map.groupBy(spans, ({ documentId }) => documentId);
  for (const [documentId, cited] of byDocument) {
    const document = documents.get(documentId);
    if (document === undefined) outdated.push(...cited.map((span) => ({ span, state: "gone" }) as const));
    else outdated.push(...(await findChanged(reader, document, cited)));
  }
  return outdated;
}

async function findChanged<Span extends CitedSpan>(
  reader: Reader,
  document: CitedDocument,
  cited: readonly Span[],
): Promise<OutdatedSpan<Span>[]> {
  const older = cited.filter(({ versionId }) => versionId !== document.versionId);
  if (older.length === 0) return [];
  const version = await findVersionText(reader, document.documentId, document.versionId);
  // Deleted in this moment.
  if (version === null) return older.map((span) => ({ span, state: "gone" }));
  const folded = fold(version.text);
  return older
    .filter(({ quote }) => !folded.includes(fold(quote)))
    .map((span) => ({
      span,
      state: "changed",
      changedAt: document.changedAt,
      now: findNow(span, version),
    }));
}

function findNow(
  span: CitedSpan,
  version: NonNullable<Awaited<ReturnType<typeof findVersionText>>>,
): NewestWords | null {
  const start = Math.max(0, Math.min(span.start, version.text.length) - AROUND);
  const text = version.text.slice(start, start + 2 * AROUND);
  const nearest = supportingSpan(span.quote, { text, start });
  if (nearest.score < NEAR_FROM) return null;
  const page = version.pages
    .filter(({ hasSize }) => hasSize)
    .findLast((entry) => entry.start <= nearest.start);
  return {
    versionId: version.versionId,
    start: nearest.start,
    end: nearest.end,
    text: nearest.quote,
    page: page?.page ?? null,
  };
}
