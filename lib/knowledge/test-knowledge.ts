/** What tests of this domain share: people, organisations and documents on a test database. */
import { sql } from "drizzle-orm";
import type { Principal } from "../identity/schema.ts";
import { withSystem } from "../platform/db/index.ts";
import { newId } from "../shared/ids.ts";
import { searchTerms } from "../shared/text/search-terms.ts";
import { addDocument } from "./add-document.ts";
import { ingestDocument } from "./ingest/ingest-document.ts";
import { claimDocument } from "./queries/claims.ts";
import { findStoredDocument, insertDocuments } from "./queries/documents.ts";
import { storeSmallDocuments } from "./queries/ingestion.ts";
import type { Document } from "./schema.ts";

/** Makes an organisation and returns its id. */
export async function makeOrganisation(): Promise<string> {
  const id = newId();
  await withSystem((transaction) =>
    transaction.execute(sql`insert into organisation (id, name) values (${id}, 'Test')`),
  );
  return id;
}

/** A person of an organisation; nothing in this domain asks for their account. */
export function makePrincipal(orgId: string, role: Principal["role"] = "member"): Principal {
  return {
    orgId,
    userId: newId(),
    name: "Test",
    email: null,
    role,
    isGuest: false,
    via: "session",
    scopes: [],
  };
}

/** Bytes as a stream in small parts. */
export async function* stream(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content as Uint8Array);
  for (let from = 0; from < bytes.length; from += 1_000) yield bytes.subarray(from, from + 1_000);
}

/** Stores a document; its job waits in the queue. */
export async function upload(
  principal: Principal,
  collectionId: string,
  fileName: string,
  content: string | Uint8Array,
  priority: "online" | "offline" = "online",
): Promise<string> {
  const { id } = await addDocument(principal, {
    collectionId,
    fileName,
    content: stream(content),
    priority,
  });
  return id;
}

/** Stores a document and reads it in this process. */
export async function uploadAndIngest(
  principal: Principal,
  collectionId: string,
  fileName: string,
  content: string | Uint8Array,
): Promise<Document> {
  const id = await upload(principal, collectionId, fileName, content);
  await ingestDocument(principal, id, new AbortController().signal);
  const document = await findStoredDocument(principal, id);
  if (document === null) throw new Error("the document is gone");
  return document;
}

/** Puts passages straight into the tables as the one version of a new document. */
export async function storePassages(
  principal: Principal,
  collectionId: string,
  passages: readonly { readonly text: string; readonly embedding: Float32Array }[],
  vectorSpace: string,
): Promise<{ readonly documentId: string; readonly versionId: string }> {
  const labels = { title: "Passages", fileName: "x.txt", mediaType: "text/plain" };
  const content = { contentHash: newId(), blobKey: newId() };
  const row = { ...labels, ...content, collectionId, sizeBytes: 1, createdBy: null };
  const [{ id: documentId } = { id: "" }] = await insertDocuments(principal, [row], async () => {});
  const claim = await claimDocument(principal, documentId);
  if (claim === null) throw new Error("the document is claimed already");
  const id = newId();
  const text = passages.map((passage) => passage.text).join("");
  const version = { ...content, id, documentId, parser: "test", text, unreadablePages: [], pages: [] };
  let end = 0;
  const chunks = passages.map((passage, ordinal) => {
    const start = end;
    end += passage.text.length;
    const index = {
      searchTerms: searchTerms(passage.text),
      contentKey: newId(),
      headingPath: [],
      context: null,
      note: null,
    };
    return { ...passage, ...index, ordinal, start, end, page: null };
  });
  const activation = {
    title: labels.title,
    mediaType: labels.mediaType,
    pageCount: null,
    stateDetail: null,
    awaitsRecognition: false,
  };
  const document = {
    claim,
    collectionId,
    version,
    chunks,
    kept: [],
    revised: [],
    gone: [],
    replaces: false,
    activation,
  };
  await storeSmallDocuments(principal, [document], vectorSpace);
  return { documentId, versionId: id };
}
