import type { AcceptedDocument, CreateUrlDocument, Document, Source } from "../../../knowledge/schema.ts";

/** Where documents go: the program on this machine, or a server over HTTP. */
export interface IngestTarget {
  /** The collection of that name, made when there is none; the person's own without a name. @returns its id. */
  findCollection(name: string | undefined): Promise<string>;
  /** All documents of the collection. */
  documents(collectionId: string): AsyncIterable<Document>;
  /** Adds a file that is known by its absolute path, or gives the document of that path its new bytes. */
  addFile(collectionId: string, path: string): Promise<AcceptedDocument>;
  addUrl(collectionId: string, url: CreateUrlDocument): Promise<AcceptedDocument>;
  sources(collectionId: string): Promise<Source[]>;
  remove(documentId: string): Promise<void>;
  close(): Promise<void>;
}
