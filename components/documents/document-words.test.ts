import { expect, test } from "vitest";
import {
  kindWords,
  needsPassword,
  pageCountWords,
  sourceWords,
  stateWords,
} from "@/components/documents/document-words.ts";

const QUEUED = {
  state: "queued",
  progress: 0,
  isPaused: false,
  priority: "online",
  cancelRequestedAt: null,
  activeVersionId: null,
} as const;

test("a running document says what is done and how far, never more than it is", () => {
  expect(stateWords({ ...QUEUED, state: "parsing", progress: 0.499 })).toMatchObject({
    words: "Reading, 49 %",
    progress: 0.499,
  });
  expect(stateWords({ ...QUEUED, state: "ocr", progress: 0.999 }).words).toBe("Recognising text, 99 %");
});

test("waiting, paused and background work are told apart", () => {
  expect(stateWords(QUEUED)).toMatchObject({ words: "Waiting", note: "" });
  expect(stateWords({ ...QUEUED, isPaused: true }).words).toBe("Paused");
  expect(stateWords({ ...QUEUED, priority: "offline" })).toMatchObject({
    words: "Waiting",
    note: "Will be read in the background.",
  });
});

test("while a new version is read or has failed, the note says that the one before is searched", () => {
  const activeVersionId = "01990000-0000-7000-8000-000000000001";
  expect(stateWords({ ...QUEUED, activeVersionId, state: "failed" }).note).toContain("version before");
  expect(stateWords({ ...QUEUED, activeVersionId, state: "ready" }).note).toBe("");
});

test("a password is asked for where one helps: for a PDF whose last reading ended for want of it", () => {
  const locked = { state: "failed", errorCode: "document_encrypted", mediaType: "application/pdf" } as const;
  expect(needsPassword(locked)).toBe(true);
  expect(needsPassword({ ...locked, errorCode: "document_password_wrong" })).toBe(true);
  expect(needsPassword({ ...locked, errorCode: "document_unreadable" })).toBe(false);
  expect(needsPassword({ ...locked, state: "parsing" })).toBe(false);
  expect(needsPassword({ ...locked, mediaType: "application/epub+zip" })).toBe(false);
});

test("pages are called what they are in that kind of file", () => {
  expect(pageCountWords("application/pdf", 1)).toBe("1 page");
  expect(pageCountWords("application/epub+zip", 5)).toBe("5 chapters");
});

test("a cancel that was asked for shows until the document has stopped", () => {
  const cancelRequestedAt = "2026-11-21T12:00:00.000Z";
  expect(stateWords({ ...QUEUED, state: "indexing", cancelRequestedAt }).words).toBe("Cancelling");
  expect(stateWords({ ...QUEUED, state: "cancelled", cancelRequestedAt }).words).toBe("Cancelled");
});

test("a kind is named in a word, known or not", () => {
  expect(kindWords("application/pdf")).toBe("PDF");
  expect(kindWords("text/html; charset=utf-8")).toBe("Web page");
  expect(kindWords("application/x-tar")).toBe("X-TAR");
});

test("only web addresses become links", () => {
  expect(sourceWords({ sourceKind: "url", sourceUri: "https://www.example.org/guide/" })).toEqual({
    words: "example.org/guide",
    href: "https://www.example.org/guide/",
  });
  expect(sourceWords({ sourceKind: "url", sourceUri: "javascript:alert(1)" }).href).toBeNull();
  expect(sourceWords({ sourceKind: "folder", sourceUri: "reports/2026.pdf" })).toEqual({
    words: "reports/2026.pdf",
    href: null,
  });
});
