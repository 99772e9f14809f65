/** What tests of this domain share: people, organisations and documents on a test database. */
import { sql } from "drizzle-orm";
import type { Principal } from "../identity/schema.ts";
import { withSystem } from "../platform/db/index.ts";
import { newId } from "../shared/ids.ts";
import { addDocument } from "./add-document.ts";
import { ingestDocument } from "./ingest/ingest-document.ts";
import { findStoredDocument } from "./queries/documents.ts";
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
): Promise<string> {
  const { id } = await addDocument(principal, {
    collectionId,
    fileName,
    content: stream(content),
    priority: "online",
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
