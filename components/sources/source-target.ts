import type { CitationData, SourceData } from "@/lib/chat/schema.ts";

/** Words in a document version that the source panel opens and marks. */
export type SourceTarget = Pick<
  CitationData,
  "documentId" | "versionId" | "title" | "mediaType" | "page" | "start" | "end" | "quote"
> & {
  /** The number in the answer; absent for a passage that was found but not cited. */
  readonly marker?: number;
  readonly verdict?: CitationData["verdict"];
};

/** A found passage as a target: all of its text is marked. */
export function targetOfSource(source: SourceData): SourceTarget {
  return { ...source, quote: source.text };
}
