import { newId } from "../../shared/ids.ts";
import { chunkText, indexedText, type TextChunk } from "../chunk/chunk-text.ts";
import type { ParsedFile } from "../parse/parse-bytes.ts";
import type { ParsedPage } from "../parse/parsed-document.ts";
import { contentKey } from "../queries/chunks.ts";
import type { ClaimedDocument } from "../queries/claims.ts";
import { findTakenTitles } from "../queries/ingestion.ts";
import type { Activation, NewPage, NewVersion } from "../queries/versions.ts";
import { collectionSettingsSchema } from "../schema.ts";
import { describePages } from "./describe-pages.ts";
import { titleFromFileName } from "./file-title.ts";
import { PARSE_SHARE, type ReadFile } from "./read-document.ts";

/** A document with what reading its file gave. */
export interface ReadDocument extends ReadFile {
  readonly document: ClaimedDocument;
}

/** A passage on its way into the store. */
export interface PreparedChunk extends TextChunk {
  readonly ordinal: number;
  /** A sentence that a model wrote about it. */
  readonly note: string | null;
  /** What the indexes see, the sentence included. */
  readonly indexed: string;
  readonly contentKey: string;
}

/** A document that was read and cut, ready to be stored. */
export interface PreparedDocument extends ReadDocument {
  readonly version: NewVersion;
  readonly chunks: readonly PreparedChunk[];
  /** Share of the work that is done before it is stored. */
  readonly doneShare: number;
  readonly activation: Omit<Activation, "claim" | "versionId" | "isSettled">;
}

/** Chooses titles and cuts passages for documents of one organisation. */
export async function prepareDocuments(read: readonly ReadDocument[]): Promise<readonly PreparedDocument[]> {
  const titles = await chooseTitles(read);
  return read.map((one, index) => prepare(one, titles[index] ?? one.document.title));
}

function prepare({ document, file, awaitsRecognition }: ReadDocument, title: string): PreparedDocument {
  const { passageWords } = collectionSettingsSchema.parse(document.settings);
  const chunks = chunkText(file, { targetWords: passageWords }).map((chunk, ordinal): PreparedChunk => {
    const indexed = indexedText(title, chunk);
    // Without the sentence, which another model or another try may word differently: it is the same passage.
    const key = contentKey(indexed, chunk.headingPath, chunk.text);
    return { ...chunk, ordinal, note: null, indexed, contentKey: key };
  });
  return {
    document,
    file,
    awaitsRecognition,
    chunks,
    doneShare: PARSE_SHARE,
    version: {
      id: newId(),
      documentId: document.id,
      contentHash: document.contentHash,
      blobKey: document.blobKey,
      parser: file.parser,
      text: file.text,
      unreadablePages: file.unreadablePages,
      pages: pagesOf(file, awaitsRecognition),
    },
    activation: {
      title,
      mediaType: file.mediaType,
      pageCount: file.hasPages ? file.pages.length : null,
      stateDetail: describeUnreadable(file.unreadablePages, awaitsRecognition),
      awaitsRecognition,
    },
  };
}

/** Titles that people gave stay; a file's own title is told apart from the same title in its collection. */
async function chooseTitles(read: readonly ReadDocument[]): Promise<string[]> {
  const wanted = read.map(({ document, file }) => {
    const byName = titleFromFileName(document.fileName);
    // Pasted text was given its title by the person who pasted it.
    if (document.sourceKind === "text" || document.title !== byName || file.title === null) return null;
    return { byName, own: file.title.slice(0, 300).toWellFormed() };
  });
  const [first] = read;
  const asked = read.flatMap(({ document }, index) => {
    const title = wanted[index]?.own;
    return title === undefined
      ? []
      : [{ collectionId: document.collectionId, documentId: document.id, title }];
  });
  const found = first === undefined ? [] : await findTakenTitles(first.document, asked);
  const taken = new Set(found.map(({ documentId }) => documentId));
  const given = new Set<string>();
  return read.map(({ document }, index) => {
    const title = wanted[index];
    if (title === null || title === undefined) return document.title;
    const key = `${document.collectionId}/${title.own}`;
    const isTaken = taken.has(document.id) || given.has(key);
    given.add(key);
    return isTaken ? `${title.own} (${title.byName})`.slice(0, 400).toWellFormed() : title.own;
  });
}

function pagesOf(file: ParsedFile, awaitsRecognition: boolean): NewPage[] {
  const unreadable = new Set(file.unreadablePages);
  let next = 0;
  return file.pages.map((page) => {
    const places: [number, number, string][] = [];
    for (
      let block = file.blocks[next];
      block !== undefined && block.start < page.end;
      block = file.blocks[next]
    ) {
      if (block.label !== null) places.push([block.start, block.end, block.label]);
      next += 1;
    }
    const { start, end, width, height, runs, label } = page;
    return {
      page: page.page,
      start,
      end,
      width,
      height,
      runs,
      label,
      places,
      state: unreadable.has(page.page) && awaitsRecognition ? "pending" : stateOf(page, unreadable),
    };
  });
}

function stateOf(page: ParsedPage, unreadable: ReadonlySet<number>): NewPage["state"] {
  if (unreadable.has(page.page)) return "unreadable";
  return page.isRecognised ? "ocr" : "text";
}

function describeUnreadable(pages: readonly number[], awaitsRecognition: boolean): string | null {
  if (pages.length === 0) return null;
  const subject = pages.length === 1 ? "Page" : "Pages";
  const named = `${subject} ${describePages(pages)}`;
  if (awaitsRecognition) return `${named}: a picture whose text is still to be recognised, or blank.`;
  return `${named} without text that can be read: a picture or a blank page.`;
}
