import type { BadgeTone } from "@/components/ui/badge.tsx";
import type { Document } from "@/lib/knowledge/schema.ts";

const KINDS: Readonly<Record<string, string>> = {
  "application/pdf": "PDF",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
  "application/vnd.oasis.opendocument.text": "OpenDocument",
  "application/epub+zip": "EPUB",
  "text/html": "Web page",
  "application/xhtml+xml": "Web page",
  "message/rfc822": "E-mail",
  "text/markdown": "Markdown",
  "text/csv": "CSV",
  "text/tab-separated-values": "Table",
  "text/vtt": "Subtitles",
  "application/json": "JSON",
  "application/jsonl": "JSON lines",
  "application/x-ndjson": "JSON lines",
  "text/plain": "Text",
};

/** What kind of file it is, in a word. */
export function kindWords(mediaType: string): string {
  const bare = mediaType.split(";")[0]?.trim() ?? mediaType;
  return KINDS[bare] ?? bare.split("/").at(-1)?.toUpperCase() ?? "File";
}

const PAGE_NAMES: Readonly<Record<string, readonly [one: string, more: string]>> = {
  Excel: ["sheet", "sheets"],
  PowerPoint: ["slide", "slides"],
  EPUB: ["chapter", "chapters"],
};

/** "4 pages", or what this kind of file has instead of pages. */
export function pageCountWords(mediaType: string, count: number): string {
  const [one, more] = PAGE_NAMES[kindWords(mediaType)] ?? ["page", "pages"];
  return `${count} ${count === 1 ? one : more}`;
}

/** How a document's state is shown. */
export interface StateWords {
  readonly words: string;
  readonly tone: BadgeTone;
  /** Share of the reading that is done, 0 to 1; null when nothing is being read. */
  readonly progress: number | null;
  /** What else there is to know, as sentences; empty when that is nothing. */
  readonly note: string;
}

const RUNNING = { parsing: "Reading", ocr: "Recognising text", indexing: "Indexing" } as const;

type Stateful = Pick<
  Document,
  "state" | "progress" | "isPaused" | "priority" | "cancelRequestedAt" | "activeVersionId"
>;

/** True while a document waits to be read or is being read. */
export function isWorking({ state }: Pick<Document, "state">): boolean {
  return state === "queued" || state in RUNNING;
}

/** True while reading can still be cancelled. */
export function isCancellable(document: Pick<Document, "state" | "cancelRequestedAt">): boolean {
  return isWorking(document) && document.cancelRequestedAt === null;
}

/** True when reading came to an end without success. */
export function isRetryable({ state }: Pick<Document, "state">): boolean {
  return state === "failed" || state === "cancelled";
}

const PASSWORD_CODES: readonly (string | null)[] = ["document_encrypted", "document_password_wrong"];

/** True when the newest reading ended for want of a password, and one can be entered. */
export function needsPassword({
  state,
  errorCode,
  mediaType,
}: Pick<Document, "state" | "errorCode" | "mediaType">): boolean {
  return state === "failed" && mediaType === "application/pdf" && PASSWORD_CODES.includes(errorCode);
}

/** The state of a document in words. */
export function stateWords(document: Stateful): StateWords {
  return { ...stateName(document), note: stateNote(document) };
}

function stateNote({ state, priority, isPaused, activeVersionId }: Stateful): string {
  const isInBackground = state === "queued" && priority === "offline" && !isPaused;
  const isStillSearched = activeVersionId !== null && state !== "ready";
  return [
    ...(isInBackground ? ["Will be read in the background."] : []),
    ...(isStillSearched ? ["The version before is searched meanwhile."] : []),
  ].join(" ");
}

function stateName(document: Stateful): Omit<StateWords, "note"> {
  const { state, progress } = document;
  if (isWorking(document) && document.cancelRequestedAt !== null) {
    return { words: "Cancelling", tone: "neutral", progress: null };
  }
  if (isWorking(document) && document.isPaused) return { words: "Paused", tone: "warn", progress: null };
  switch (state) {
    case "queued":
      return { words: "Waiting", tone: "neutral", progress: null };
    case "ready":
      return { words: "Ready", tone: "good", progress: null };
    case "failed":
      return { words: "Failed", tone: "danger", progress: null };
    case "cancelled":
      return { words: "Cancelled", tone: "neutral", progress: null };
    case "deleting":
      return { words: "Being deleted", tone: "neutral", progress: null };
    default:
      return { words: `${RUNNING[state]}, ${Math.floor(progress * 100)} %`, tone: "accent", progress };
  }
}

/** Where a document came from: words, and an address to open when there is one. */
export function sourceWords({ sourceKind, sourceUri }: Pick<Document, "sourceKind" | "sourceUri">): {
  readonly words: string;
  readonly href: string | null;
} {
  if (sourceKind === "text") return { words: "Pasted text", href: null };
  if (sourceKind === "folder") return { words: sourceUri ?? "Folder", href: null };
  if (sourceKind === "url" && sourceUri !== null && /^https?:\/\//.test(sourceUri)) {
    return { words: sourceUri.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, ""), href: sourceUri };
  }
  return { words: "Upload", href: null };
}
